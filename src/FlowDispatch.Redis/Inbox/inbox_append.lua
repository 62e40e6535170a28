
-- Members are padded, so that those that came at one instant stay in the order of their arrival.
local received = take()
local events = list()
for _, event in ipairs(events) do
  local id = string.format('%016.0f', redis.call('INCR', root .. 'last'))
  redis.call('HSET', root .. 'entries', id, '0|' .. received .. '|' .. event)
  redis.call('ZADD', root .. 'due', received, id)
end
return 1
