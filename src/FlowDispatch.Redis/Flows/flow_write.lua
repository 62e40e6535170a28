
-- Keeps the newest version of a flow if it is still as it was read (empty for a new one), and that version for itself.
local id, expected, doc, version = take(), take(), take(), take()
if (redis.call('HGET', root .. 'flows', id) or '') ~= expected then return 0 end
redis.call('HSET', root .. 'flows', id, doc)
redis.call('HSET', root .. 'flow:' .. id, version, doc)
return 1
