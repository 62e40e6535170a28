
-- Claims due entries, then slices in order, and answers the rows with them.
local token, limit, scope = take(), tonumber(take()), take() -- scope 0: both, 1: due entries, 2: slices
local ends = redis.call('HGET', root .. 'leases', token)
if not ends or tonumber(ends) <= now or redis.call('HGET', root .. 'h', 'status') ~= '1' then return {} end

local chunks, wanted = {}, {}
local function want(chunk)
  if not wanted[chunk] then
    wanted[chunk] = redis.call('HGETALL', root .. 'm:' .. chunk)
    chunks[#chunks + 1] = chunk
  end
  return wanted[chunk]
end

local entries = scope == '2' and {} or redis.call('ZRANGEBYSCORE', root .. 'due', '-inf', text(now), 'WITHSCORES', 'LIMIT', 0, limit)
local due, held = {}, {}
for i = 1, #entries, 2 do
  due[#due + 1] = entries[i]
  held[i], held[i + 1] = entries[i], token .. ':0:' .. entries[i + 1]
  want(math.floor(entries[i] / 25))
end
many('HSET', root .. 'held', held)
many('ZREM', root .. 'due', due)

-- Whoever was touched while lying ahead in a slice may have ended, or be in the queue: he is no item of it.
local function remaining(first, last, out)
  local left = 0
  for chunk = math.floor(first / 25), math.floor(last / 25) do
    local from, to = math.max(first, chunk * 25), math.min(last, chunk * 25 + 24)
    left = left + to - from + 1
    local states = want(chunk)
    for i = 1, #states, 2 do
      local ordinal = chunk * 25 + states[i]
      if ordinal >= from and ordinal <= to
        and (string.sub(states[i + 1], 1, 1) ~= '0' or redis.call('ZSCORE', root .. 'due', ordinal) or redis.call('HEXISTS', root .. 'held', ordinal) == 1) then
        left = left - 1
        out[#out + 1] = ordinal
      end
    end
  end
  return left
end

local claimed, left_out, found = {}, {}, #due
while scope ~= '1' and found < limit do
  local slice = redis.call('ZPOPMIN', root .. 'free')
  if #slice == 0 then break end
  local first, count, passed = string.match(slice[1], '^(%d+):(%d+):(%d+)$')
  local from, last = first + passed, first + count - 1
  local left = remaining(from, last, left_out)
  if left > 0 then
    redis.call('HSET', root .. 'out', first, count .. ':' .. passed .. ':' .. left .. ':' .. token)
    claimed[#claimed + 1] = from
    claimed[#claimed + 1] = last
    found = found + left
  end
end

local rows = {}
for _, chunk in ipairs(chunks) do
  rows[#rows + 1] = chunk
  rows[#rows + 1] = redis.call('GET', root .. 's:' .. chunk)
  rows[#rows + 1] = wanted[chunk]
  rows[#rows + 1] = redis.call('HGETALL', root .. 'i:' .. chunk)
end
return {due, claimed, left_out, rows}
