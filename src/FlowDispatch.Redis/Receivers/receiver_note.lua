
-- Of receipts with one channel and one arrival the latest attempt is kept; what arrived long ago goes.
local kept = tonumber(take())
local notes = list() -- channel, arrival, attempt
for i = 1, #notes, 3 do
  local key, arrived, attempted = root .. 'notes:' .. notes[i], notes[i + 1], notes[i + 2]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. text(now - kept))
  local latest = tonumber(attempted)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, arrived, arrived)) do
    latest = math.max(latest, tonumber(member:match(':(.+)$')))
    redis.call('ZREM', key, member)
  end
  redis.call('ZADD', key, arrived, arrived .. ':' .. text(latest))
end
return 1
