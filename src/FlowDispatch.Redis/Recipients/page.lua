
-- Chunks in a row, and whoever has a message in somebody's hands.
local first, last = tonumber(take()), tonumber(take())
local rows = {}
for chunk = first, last do
  rows[#rows + 1] = chunk
  rows[#rows + 1] = redis.call('GET', root .. 's:' .. chunk) or ''
  rows[#rows + 1] = redis.call('HGETALL', root .. 'm:' .. chunk)
  rows[#rows + 1] = redis.call('HGETALL', root .. 'i:' .. chunk)
end
local flying = redis.call('HKEYS', root .. 'fly')
local held = redis.call('HGETALL', root .. 'held')
for i = 1, #held, 2 do
  local _, marked = parse_held(held[i + 1])
  if marked == '1' then flying[#flying + 1] = held[i] end
end
return {rows, flying}
