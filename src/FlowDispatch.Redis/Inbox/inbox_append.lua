
-- Ids are padded, so that those that came at one instant stay in the order of their arrival. An entry is
-- "tries|received|attempt named|event"; new are those that were not put off yet, named the attempts that put-off ones name.
-- Receipts that came in together are one value of pack; packs has them as "number:count", in the order of their arrival.
-- Neither is numbered below the clock: an id that a failover forgot is not given again, or whoever settled the entry that is
-- lost would take away another.
local function last(counter) return math.max(tonumber(redis.call('GET', root .. counter) or '0'), now) end

local received = take()
local values = list()
local first = last('last')
local entries, due = {}, {}
for i, value in ipairs(values) do
  local id = string.format('%016.0f', first + i)
  entries[2 * i - 1], entries[2 * i] = id, value
  due[2 * i - 1], due[2 * i] = received, id
end
if #values > 0 then redis.call('SET', root .. 'last', text(first + #values)) end
many('HSET', root .. 'entries', entries)
many('ZADD', root .. 'due', due)
many('ZADD', root .. 'new', due)
local packs = list() -- how many, and the pack
for i = 1, #packs, 2 do
  local number = text(last('last_pack') + 1)
  redis.call('SET', root .. 'last_pack', number)
  redis.call('HSET', root .. 'pack', number, packs[i + 1])
  redis.call('ZADD', root .. 'packs', received, string.format('%016d:%s', number, packs[i]))
end
return 1
