
-- Ids are padded, so that those that came at one instant stay in the order of their arrival. An entry is
-- "tries|received|attempt named|event"; new are those that were not put off yet, named the attempts that put-off ones name.
local received = take()
local events = list() -- attempt named (or empty), event
local count = #events / 2
local first = redis.call('INCRBY', root .. 'last', count) - count
local entries, due = {}, {}
for i = 1, 2 * count, 2 do
  local id = string.format('%016.0f', first + (i + 1) / 2)
  entries[i], entries[i + 1] = id, '0|' .. received .. '|' .. events[i] .. '|' .. events[i + 1]
  due[i], due[i + 1] = received, id
end
many('HSET', root .. 'entries', entries)
many('ZADD', root .. 'due', due)
many('ZADD', root .. 'new', due)
return 1
