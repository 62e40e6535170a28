
local ends = take()
for _, id in ipairs(list()) do
  local entry = redis.call('HGET', root .. 'entries', id)
  if entry then
    local tries, rest = string.match(entry, '^(%d+)(|.*)$')
    redis.call('HSET', root .. 'entries', id, (tonumber(tries) + 1) .. rest)
    redis.call('ZADD', root .. 'due', ends, id)
  end
end
return 1
