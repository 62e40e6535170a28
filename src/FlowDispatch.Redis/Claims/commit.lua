
-- Marks and outcomes under a lease, all or none: 0 refused, 1 written (now or before), or the ordinals whose rows have
-- changed since they were read, for whom the node decides anew.
local token, number = take(), tonumber(take())
local ends = redis.call('HGET', root .. 'leases', token)
if not ends or tonumber(ends) <= now then return {0} end
if number <= tonumber(redis.call('HGET', root .. 'commits', token) or '0') then return {1} end

local marks = list()
local changes = list() -- ordinals
local fresh = list()   -- beside each: '1' where it comes from a slice
local stay = list()    -- those of them that stay open without a due time
local w = read_writes()

local function mine_of(ordinals)
  local mine, others = {}, {}
  if #ordinals > 0 and redis.call('EXISTS', root .. 'held') == 1 then
    for i, value in ipairs(ask('HMGET', root .. 'held', ordinals)) do
      if value then
        local holder, _, at = parse_held(value)
        if holder == token then mine[ordinals[i]] = at else others[ordinals[i]] = true end
      end
    end
  end
  return mine, others
end

-- Slices of this lease that are not passed yet.
local slices = {}
local out = redis.call('HGETALL', root .. 'out')
for i = 1, #out, 2 do
  local count_, passed, holder = string.match(out[i + 1], '^(%d+):(%d+):(%d+)$')
  if holder == token then slices[#slices + 1] = {key = out[i], first = tonumber(out[i]), count = tonumber(count_), passed = tonumber(passed)} end
end
local function slice_of(ordinal)
  ordinal = tonumber(ordinal)
  for _, slice in ipairs(slices) do
    if ordinal >= slice.first and ordinal < slice.first + slice.count then return slice end
  end
end
local function pass(ordinal)
  local slice = slice_of(ordinal)
  if slice and ordinal - slice.first + 1 > slice.passed then
    slice.passed = ordinal - slice.first + 1
    slice.moved = true
  end
end

-- A mark needs its entry of the queue, or its slice. One that a receipt put into the queue meanwhile may be somebody else's.
local held_marks, foreign_marks = mine_of(marks)
local queued = {}
if #marks > 0 and redis.call('EXISTS', root .. 'due') == 1 then
  for i, score in ipairs(ask('ZMSCORE', root .. 'due', marks)) do
    if score then queued[marks[i]] = true end
  end
end
for _, ordinal in ipairs(marks) do
  if not held_marks[ordinal]
    and (foreign_marks[ordinal] or queued[ordinal] or not (slice_of(ordinal) or redis.call('HGET', root .. 'fly', ordinal) == token)) then
    return {0}
  end
end

local lost = lost_races(w)
if #lost > 0 then return {2, lost} end

redis.call('HSET', root .. 'commits', token, number)
local flying = {}
for _, ordinal in ipairs(marks) do
  if held_marks[ordinal] then
    redis.call('HSET', root .. 'held', ordinal, token .. ':1:' .. held_marks[ordinal])
  else
    pass(ordinal)
    flying[#flying + 1] = ordinal
    flying[#flying + 1] = token
  end
end
many('HSET', root .. 'fly', flying)

local held_changes = mine_of(changes)
for i, ordinal in ipairs(changes) do
  if fresh[i] == '1' and not held_changes[ordinal] then pass(ordinal) end
end
-- Open, and nothing says when it is due: until its lease ends it counts as in somebody's hands, so that it is never lost.
for _, ordinal in ipairs(stay) do
  if held_changes[ordinal] then
    redis.call('HDEL', root .. 'held', ordinal)
    redis.call('HSET', root .. 'fly', ordinal, token)
  elseif redis.call('ZSCORE', root .. 'due', ordinal) or redis.call('HEXISTS', root .. 'held', ordinal) == 1 then
    redis.call('HDEL', root .. 'fly', ordinal)
  else
    redis.call('HSET', root .. 'fly', ordinal, token)
  end
end
write(w)

for _, slice in ipairs(slices) do
  if slice.passed >= slice.count then
    redis.call('HDEL', root .. 'out', slice.key)
  elseif slice.moved then
    redis.call('HSET', root .. 'out', slice.key, slice.count .. ':' .. slice.passed .. ':' .. token)
  end
end
return {1}
