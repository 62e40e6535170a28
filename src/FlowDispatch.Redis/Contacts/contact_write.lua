
-- Writes contacts that are still as they were read, all or none: 1 written, 2 where one is not or where what is kept of a number
-- is not, 3 where a number is taken.
local kept = list() -- the key of digests, each digest, what is kept under it; nothing where no number is new to its contact
if #kept > 0 and (redis.call('GET', root .. 'digest_key') or '') ~= kept[1] then return 2 end
local digests = {}
for i = 2, #kept, 2 do digests[i / 2] = kept[i] end
for i, suppression in ipairs(ask('HMGET', root .. 'erased', digests)) do
  if (suppression or '') ~= kept[2 * i + 1] then return 2 end
end
local changes = list() -- id, record read (empty for a new one), record, number, number before (empty where it stays), '1' while not deleted
for i = 1, #changes, 6 do
  if (redis.call('HGET', root .. 'contacts', changes[i]) or '') ~= changes[i + 1] then return 2 end
  if changes[i + 1] == '' or changes[i + 4] ~= '' then
    if redis.call('HEXISTS', root .. 'numbers', changes[i + 3]) == 1 then return 3 end
  end
end
for i = 1, #changes, 6 do
  redis.call('HSET', root .. 'contacts', changes[i], changes[i + 2])
  if changes[i + 4] ~= '' then redis.call('HDEL', root .. 'numbers', changes[i + 4]) end
  if changes[i + 1] == '' or changes[i + 4] ~= '' then redis.call('HSET', root .. 'numbers', changes[i + 3], changes[i]) end
  local suppression = string.sub(changes[i + 2], 1, 1)
  if suppression == '0' then redis.call('HDEL', root .. 'suppressed', changes[i]) else redis.call('HSET', root .. 'suppressed', changes[i], suppression) end
  if changes[i + 5] == '1' then redis.call('ZADD', root .. 'living', 0, changes[i]) else redis.call('ZREM', root .. 'living', changes[i]) end
end
for _, name in ipairs(list()) do redis.call('ZADD', root .. 'fields', 0, name) end -- what contacts call their custom fields
return 1
