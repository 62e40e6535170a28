
-- Deletes a person's row of an upload, and with it the sample, which says not whose it is.
local contact = take()
redis.call('ZREM', root .. 'lines', contact)
if redis.call('HDEL', root .. 'rows', contact) == 0 then return 0 end
redis.call('HSET', root .. 'upload', 'sample', '[]')
return 1
