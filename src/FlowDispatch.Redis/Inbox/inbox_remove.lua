
local ids = list()
for i, entry in ipairs(ask('HMGET', root .. 'entries', ids)) do
  local tries, attempt = string.match(entry or '', '^(%d+)|[^|]*|([^|]*)|')
  if tries and tries ~= '0' and attempt ~= '' and redis.call('HINCRBY', root .. 'named', attempt, -1) <= 0 then
    redis.call('HDEL', root .. 'named', attempt)
  end
end
many('HDEL', root .. 'entries', ids)
many('ZREM', root .. 'due', ids)
many('ZREM', root .. 'new', ids)
return 1
