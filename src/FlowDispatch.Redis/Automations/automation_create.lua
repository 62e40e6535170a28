
local id, doc = take(), take()
local key, created, answer, expires = take(), take(), take(), take()
local existing = taken(key, created)
if existing then return existing end
keep(key, created, answer, expires)
redis.call('HSET', root .. 'automations', id, doc)
return ''
