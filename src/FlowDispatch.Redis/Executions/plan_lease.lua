
-- Lets a node plan this execution if it wants planning and nobody does; it turns running.
local duration = tonumber(take())
local head = redis.call('HMGET', root .. 'h', 'status', 'planned', 'plan_until', 'started', 'born')
if head[5] ~= '1' or (head[1] ~= '0' and head[1] ~= '1') or head[2] or (head[3] and tonumber(head[3]) > now) then return 0 end
redis.call('HSET', root .. 'h', 'status', '1', 'started', head[4] or text(now), 'plan_until', text(now + duration))
redis.call('HINCRBY', root .. 'h', 'version', 1)
return redis.call('HINCRBY', root .. 'h', 'plan_token', 1)
