
-- Adds rows of people who are not in the upload yet; answers the lines left out. A row that is there already from the very
-- same line is no duplicate: its append is made again because the answer was lost.
if redis.call('HGET', root .. 'upload', 'complete') ~= '0' then return false end
local rows = list() -- line, contact, row
local left_out = {}
for i = 1, #rows, 3 do
  local line, contact = rows[i], rows[i + 1]
  if redis.call('HSETNX', root .. 'rows', contact, rows[i + 2]) == 1 then
    redis.call('ZADD', root .. 'lines', line, contact)
  elseif redis.call('ZSCORE', root .. 'lines', contact) ~= line then
    left_out[#left_out + 1] = line
  end
end
return left_out
