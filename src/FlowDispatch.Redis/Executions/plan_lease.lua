
-- Lets a node plan this execution if it wants planning and nobody does; it turns running. The token is never below the clock:
-- one that a failover forgot is not given again.
local duration = tonumber(take())
local head = redis.call('HMGET', root .. 'h', 'status', 'planned', 'plan_until', 'started', 'born', 'plan_token')
if head[5] ~= '1' or (head[1] ~= '0' and head[1] ~= '1') or head[2] or (head[3] and tonumber(head[3]) > now) then return 0 end
local token = math.max(tonumber(head[6] or '0') + 1, now)
redis.call('HSET', root .. 'h', 'status', '1', 'started', head[4] or text(now), 'plan_until', text(now + duration), 'plan_token', text(token))
redis.call('HINCRBY', root .. 'h', 'version', 1)
return token
