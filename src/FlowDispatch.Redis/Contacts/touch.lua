
local contact, at = take(), take()
local known = redis.call('HGET', root .. 'conversations', contact)
if not known or tonumber(known) < tonumber(at) then redis.call('HSET', root .. 'conversations', contact, at) end
return 1
