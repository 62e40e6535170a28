
-- Ids are padded, so that those that came at one instant stay in the order of their arrival. An entry is
-- "tries|received|attempt named|event"; new are those that were not put off yet, named the attempts that put-off ones name.
-- Receipts that came in together are one value of pack; packs has them as "number:count", in the order of their arrival.
local received = take()
local values = list()
local first = redis.call('INCRBY', root .. 'last', #values) - #values
local entries, due = {}, {}
for i, value in ipairs(values) do
  local id = string.format('%016.0f', first + i)
  entries[2 * i - 1], entries[2 * i] = id, value
  due[2 * i - 1], due[2 * i] = received, id
end
many('HSET', root .. 'entries', entries)
many('ZADD', root .. 'due', due)
many('ZADD', root .. 'new', due)
local packs = list() -- how many, and the pack
for i = 1, #packs, 2 do
  local number = string.format('%.0f', redis.call('INCR', root .. 'last_pack'))
  redis.call('HSET', root .. 'pack', number, packs[i + 1])
  redis.call('ZADD', root .. 'packs', received, string.format('%016d:%s', number, packs[i]))
end
return 1
