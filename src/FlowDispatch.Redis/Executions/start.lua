
-- The one step that makes a start happen: key, automation and listings all lie in the organization's slot. The execution's
-- own head is there already, unborn, and is born after this; whoever finds it unborn looks here whether it was made.
local automation, expected, active, number = take(), take(), take(), take()
local key, created, doc, expires = take(), take(), take(), take()

local answer = taken(key, created)
if answer then return {'taken', answer} end
if (redis.call('HGET', root .. 'automations', automation) or '') ~= expected then return {'changed'} end

if active ~= '' then redis.call('HSET', root .. 'automations', automation, active) end
redis.call('ZADD', root .. 'executions', number, number)
redis.call('ZADD', root .. 'executions:' .. automation, number, number)
redis.call('SADD', root .. 'open:' .. automation, number)
keep(key, created, doc, expires)
return {'made'}
