
local name = take()
local known = redis.call('HGET', root .. 'stretches', name)
if known then redis.call('HSET', root .. 'stretches', name, string.sub(known, 1, -2) .. '1') end
return 1
