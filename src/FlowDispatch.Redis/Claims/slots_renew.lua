
local token, duration = take(), tonumber(take())
local held = redis.call('HGET', root .. 'slots', token)
if not held then return '' end
local ends, slots = string.match(held, '^(.+):(.+)$')
if tonumber(ends) <= now then return '' end
ends = text(now + duration)
redis.call('HSET', root .. 'slots', token, ends .. ':' .. slots)
return ends
