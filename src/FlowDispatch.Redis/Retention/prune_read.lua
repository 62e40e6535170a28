
-- Who the recipients of some chunks are, their messages' ids and their history; and how far pruning has come.
local first, last = tonumber(take()), tonumber(take())
local rows = {}
for chunk = first, last do
  rows[#rows + 1] = chunk
  rows[#rows + 1] = redis.call('GET', root .. 's:' .. chunk) or ''
  local _, ids = rows_of(chunk)
  rows[#rows + 1] = ids
  rows[#rows + 1] = redis.call('HGETALL', root .. 'e:' .. chunk)
end
return rows
