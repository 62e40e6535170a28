
-- The chunks of these ordinals, where the execution stands, and which of them have a message in somebody's hands.
local ordinals = list()
if redis.call('HEXISTS', root .. 'h', 'pruned') == 1 then return {{}, {}, '4'} end
local rows, seen, flying = {}, {}, {}
for i, ordinal in ipairs(ordinals) do
  local chunk = math.floor(ordinal / 25)
  if not seen[chunk] then
    seen[chunk] = true
    rows[#rows + 1] = chunk
    rows[#rows + 1] = redis.call('GET', root .. 's:' .. chunk) or ''
    rows[#rows + 1] = redis.call('HGETALL', root .. 'm:' .. chunk)
    rows[#rows + 1] = redis.call('HGETALL', root .. 'i:' .. chunk)
  end
end
for _, ordinal in ipairs(ordinals) do
  if is_flying(tonumber(ordinal)) then flying[#flying + 1] = ordinal end
end
return {rows, flying, redis.call('HGET', root .. 'h', 'status')}
