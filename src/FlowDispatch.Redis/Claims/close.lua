
local head = redis.call('HMGET', root .. 'h', 'status', 'planned', '#open')
if head[1] ~= '1' or not head[2] or tonumber(head[3] or '0') > 0 then return 0 end
redis.call('HSET', root .. 'h', 'status', '3', 'ended', text(now))
redis.call('HINCRBY', root .. 'h', 'version', 1)
return 1
