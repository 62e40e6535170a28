
local token, ends = take(), take()
local held = redis.call('HGET', root .. 'leases', token)
if not held or tonumber(held) <= now then return 0 end
redis.call('HSET', root .. 'leases', token, ends)
return 1
