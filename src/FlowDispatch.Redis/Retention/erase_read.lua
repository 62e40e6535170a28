
-- A chunk with its history; nothing where the execution is no more.
local chunk = take()
local version, pruned = unpack(redis.call('HMGET', root .. 'h', 'version', 'pruned'))
if not version or pruned then return {} end
local states, ids = rows_of(chunk)
return {redis.call('GET', root .. 's:' .. chunk) or '', states, ids, redis.call('HGETALL', root .. 'e:' .. chunk)}
