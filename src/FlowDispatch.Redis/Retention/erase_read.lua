
-- A chunk with its history; nothing where the execution is no more.
local chunk = take()
local version, pruned = unpack(redis.call('HMGET', root .. 'h', 'version', 'pruned'))
if not version or pruned then return {} end
return {
  redis.call('GET', root .. 's:' .. chunk) or '', redis.call('HGETALL', root .. 'm:' .. chunk), redis.call('HGETALL', root .. 'i:' .. chunk),
  redis.call('HGETALL', root .. 'e:' .. chunk)}
