
-- Takes a pack apart: what stays of it are entries from now on. Where somebody else did, nothing happens: 0.
local number, count, received = take(), take(), take()
local staying = list() -- id and value
if redis.call('ZREM', root .. 'packs', string.format('%016d:%s', number, count)) == 0 then return 0 end
redis.call('HDEL', root .. 'pack', number)
local due = {}
for i = 1, #staying, 2 do
  due[i], due[i + 1] = received, staying[i]
end
many('HSET', root .. 'entries', staying)
many('ZADD', root .. 'due', due)
many('ZADD', root .. 'new', due)
return 1
