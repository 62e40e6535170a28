
-- Entries behind a place, in the order of their due times, then of their ids; with their instants.
local at, id, limit = take(), take(), tonumber(take())
local found = {}
if at ~= '' then
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', root .. 'due', at, at)) do
    if other > id and #found < 2 * limit then
      found[#found + 1] = other
      found[#found + 1] = at
    end
  end
end
if #found < 2 * limit then
  local later = redis.call('ZRANGEBYSCORE', root .. 'due', at == '' and '-inf' or '(' .. at, '+inf', 'WITHSCORES', 'LIMIT', 0, limit - #found / 2)
  for i = 1, #later, 2 do
    found[#found + 1] = later[i]
    found[#found + 1] = text(tonumber(later[i + 1]))
  end
end
return found
