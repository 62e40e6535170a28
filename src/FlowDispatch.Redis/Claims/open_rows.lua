
-- Open recipients of a cancelled execution that nobody leases: the first of the queue, and the first slices.
local limit = tonumber(take())
if redis.call('HGET', root .. 'h', 'status') ~= '5' or redis.call('EXISTS', root .. 'leases') == 1 then return {} end
return {redis.call('ZRANGE', root .. 'due', 0, limit - 1), redis.call('ZRANGE', root .. 'free', 0, math.floor(limit / 25))}
