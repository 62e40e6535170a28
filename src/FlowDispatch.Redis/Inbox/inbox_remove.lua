
local ids = list()
many('HDEL', root .. 'entries', ids)
many('ZREM', root .. 'due', ids)
return 1
