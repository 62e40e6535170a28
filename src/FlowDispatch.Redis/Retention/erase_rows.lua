
-- Writes erased recipients of a chunk that is still as it was read, all or none.
local chunk, people, erased = take(), take(), take()
local rows = list() -- field, state read, state, history read, history
if redis.call('HEXISTS', root .. 'h', 'pruned') == 1 or redis.call('GET', root .. 's:' .. chunk) ~= people then return 0 end
open_up(chunk)
for i = 1, #rows, 5 do
  if (redis.call('HGET', root .. 'm:' .. chunk, rows[i]) or '') ~= rows[i + 1] then return 0 end
  if (redis.call('HGET', root .. 'e:' .. chunk, rows[i]) or '') ~= rows[i + 3] then return 0 end
end
redis.call('SET', root .. 's:' .. chunk, erased)
for i = 1, #rows, 5 do
  redis.call('HSET', root .. 'm:' .. chunk, rows[i], rows[i + 2])
  redis.call('HDEL', root .. 'i:' .. chunk, rows[i])
  if rows[i + 4] ~= '' then redis.call('HSET', root .. 'e:' .. chunk, rows[i], rows[i + 4]) end
end
return 1
