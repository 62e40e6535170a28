
-- The next fencing token's number of a running execution; 0 where it does not run.
local head = redis.call('HMGET', root .. 'h', 'status', 'born')
if head[1] ~= '1' or head[2] ~= '1' then return 0 end
return redis.call('HINCRBY', root .. 'h', 'leases', 1)
