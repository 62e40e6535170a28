
-- An automation's executions and what is kept of those that are pruned, at one instant.
local automation = take()
return {redis.call('ZRANGE', root .. 'executions:' .. automation, 0, -1), redis.call('HMGET', root .. 'totals:' .. automation, unpack(list()))}
