
-- The next fencing token's number of a running execution; 0 where it does not run. It is never below the quarters of a second
-- since 2024, which its 32 bits hold until 2058: what a failover forgot is not given again.
local head = redis.call('HMGET', root .. 'h', 'status', 'born', 'leases')
if head[1] ~= '1' or head[2] ~= '1' then return 0 end
local number = math.max(tonumber(head[3] or '0') + 1, math.floor(now / 2500000))
redis.call('HSET', root .. 'h', 'leases', text(number))
return number
