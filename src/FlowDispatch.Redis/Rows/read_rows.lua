
-- Of each chunk where those recipients stand that are wanted, where the execution stands, and which of them have a message in
-- somebody's hands. Who they are is asked for beside it: a script would pay for whole chunks twice.
local NONE = {}
local function present(key, fields)
  if #fields == 1 then
    local value = redis.call('HGET', key, fields[1])
    return value and {fields[1], value} or NONE
  end
  local found = {}
  for i, value in ipairs(redis.call('HMGET', key, unpack(fields))) do
    if value then
      found[#found + 1] = fields[i]
      found[#found + 1] = value
    end
  end
  return found
end
local function chosen(packed, fields)
  local states, ids = unpacked(packed)
  local found, messages = {}, {}
  for _, field in ipairs(fields) do
    found[#found + 1] = field
    found[#found + 1] = states[field + 1]
    if ids[field + 1] ~= '' then
      messages[#messages + 1] = field
      messages[#messages + 1] = ids[field + 1]
    end
  end
  return found, messages
end

local chunks = tonumber(take())
if redis.call('HEXISTS', root .. 'h', 'pruned') == 1 then return {{}, {}, '4'} end
local rows, ordinals, flying = {}, {}, {}
for i = 1, 3 * chunks, 3 do
  local chunk, fields = take(), list()
  rows[i] = chunk
  rows[i + 1] = present(root .. 'm:' .. chunk, fields)
  local packed = #rows[i + 1] == 0 and redis.call('GET', root .. 'r:' .. chunk)
  if packed then
    rows[i + 1], rows[i + 2] = chosen(packed, fields)
  else
    rows[i + 2] = present(root .. 'i:' .. chunk, fields)
  end
  for _, field in ipairs(fields) do ordinals[#ordinals + 1] = chunk * 25 + field end
end
look_up(ordinals)
for _, ordinal in ipairs(ordinals) do
  if is_flying(ordinal) then flying[#flying + 1] = ordinal end
end
return {rows, flying, redis.call('HGET', root .. 'h', 'status')}
