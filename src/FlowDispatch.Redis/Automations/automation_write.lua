
-- Writes an automation that is still as it was read; to archive it, only while none of its executions is open.
local id, expected, doc, archive = take(), take(), take(), take()
if redis.call('HGET', root .. 'automations', id) ~= expected then return 0 end
if archive == '1' and redis.call('SCARD', root .. 'open:' .. id) > 0 then return 2 end
redis.call('HSET', root .. 'automations', id, doc)
return 1
