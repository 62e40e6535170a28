
-- Only of those that were put off are the attempts counted that they name.
local ids, put_off = list(), {}
if redis.call('ZCARD', root .. 'new') < redis.call('HLEN', root .. 'entries') then
  for i, new in ipairs(ask('ZMSCORE', root .. 'new', ids)) do
    if not new then put_off[#put_off + 1] = ids[i] end
  end
end
for _, entry in ipairs(ask('HMGET', root .. 'entries', put_off)) do
  local attempt = string.match(entry or '', '^%d+|[^|]*|([^|]*)|')
  if attempt and attempt ~= '' and redis.call('HINCRBY', root .. 'named', attempt, -1) <= 0 then
    redis.call('HDEL', root .. 'named', attempt)
  end
end
many('HDEL', root .. 'entries', ids)
many('ZREM', root .. 'due', ids)
many('ZREM', root .. 'new', ids)
return 1
