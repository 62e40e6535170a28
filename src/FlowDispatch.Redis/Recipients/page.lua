
-- Chunks in a row, and whoever has a message in somebody's hands.
local first, last = tonumber(take()), tonumber(take())
local rows = {}
if redis.call('HEXISTS', root .. 'h', 'pruned') == 1 then return {rows, {}} end
for chunk = first, last do
  rows[#rows + 1] = chunk
  rows[#rows + 1] = redis.call('GET', root .. 's:' .. chunk) or ''
  rows[#rows + 1], rows[#rows + 2] = rows_of(chunk)
end
return {rows, all_flying()}
