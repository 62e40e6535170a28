
-- Ids are padded, so that those that came at one instant stay in the order of their arrival. An entry is
-- "tries|received|attempt named|event"; new are those that were not put off yet, named the attempts that put-off ones name.
local received = take()
local events = list() -- attempt named (or empty), event
for i = 1, #events, 2 do
  local id = string.format('%016.0f', redis.call('INCR', root .. 'last'))
  redis.call('HSET', root .. 'entries', id, '0|' .. received .. '|' .. events[i] .. '|' .. events[i + 1])
  redis.call('ZADD', root .. 'due', received, id)
  redis.call('ZADD', root .. 'new', received, id)
end
return 1
