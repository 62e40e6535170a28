
local ends = take()
for _, id in ipairs(list()) do
  local entry = redis.call('HGET', root .. 'entries', id)
  if entry then
    local tries, rest = string.match(entry, '^(%d+)(|.*)$')
    local attempt = string.match(entry, '^%d+|[^|]*|([^|]*)|')
    redis.call('HSET', root .. 'entries', id, (tonumber(tries) + 1) .. rest)
    redis.call('ZADD', root .. 'due', ends, id)
    redis.call('ZREM', root .. 'new', id)
    if tries == '0' and attempt ~= '' then redis.call('HINCRBY', root .. 'named', attempt, 1) end
  end
end
return 1
