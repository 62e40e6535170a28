
-- Deletes a contact that is still as it was read, and keeps whether its number must not be written to: 0 where it is not.
local id, record, number, digest, kept = take(), take(), take(), take(), take()
if redis.call('HGET', root .. 'contacts', id) ~= record then return 0 end
redis.call('HDEL', root .. 'contacts', id)
redis.call('HDEL', root .. 'numbers', number)
redis.call('HSET', root .. 'suppressed', id, '3') -- what claims know it by from now on
redis.call('ZREM', root .. 'living', id)
if kept == '0' then redis.call('HDEL', root .. 'erased', digest) else redis.call('HSET', root .. 'erased', digest, kept) end
return 1
