
-- The lease itself, once the automation gave it slots: until the same instant as those.
local token, ends = take(), take()
if redis.call('HGET', root .. 'h', 'status') ~= '1' then return 0 end
redis.call('HSET', root .. 'leases', token, ends)
return 1
