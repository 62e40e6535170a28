
-- Writes fields of an execution's head if nobody did since it was read; an empty value takes a field away.
local version = take()
if redis.call('HGET', root .. 'h', 'version') ~= version then return 0 end
local fields = list()
for i = 1, #fields, 2 do
  if fields[i + 1] == '' then redis.call('HDEL', root .. 'h', fields[i]) else redis.call('HSET', root .. 'h', fields[i], fields[i + 1]) end
end
redis.call('HINCRBY', root .. 'h', 'version', 1)
return 1
