
-- Marks and outcomes under a lease, all or none: 0 refused, 1 written (now or before), 2 and the ordinals whose rows have
-- changed since they were read, for whom the node decides anew, or 3 where the commit that it follows is not made yet.
local token, number, follows = take(), tonumber(take()), tonumber(take())
local ends = redis.call('HGET', root .. 'leases', token)
if not ends or tonumber(ends) <= now then return {0} end
local made = redis.call('HGET', root .. 'commits', token) or '0'
if number <= tonumber(made) then
  -- Written once more as it stands: whoever waits for replicas waits for this, where the connection that made it broke.
  redis.call('HSET', root .. 'commits', token, made)
  return {1}
end
if follows > tonumber(made) then return {3} end

local marks = list() -- first and last of each run
local w = read_writes()

-- Own entries of the queue among these, by ordinal: their instants.
local function own_held(ordinal)
  local entry = held_of(ordinal)
  if not entry then return nil end
  local holder, _, at = parse_held(entry)
  return holder == token and at or nil
end

local queues = has_due or has_held
if queues then
  local touched = written(w)
  for i = 1, #marks, 2 do
    for ordinal = tonumber(marks[i]), tonumber(marks[i + 1]) do touched[#touched + 1] = ordinal end
  end
  look_up(touched)
end

-- Whether a reply or receipt has ended the run, which leaves nothing to mark.
local function is_ended(ordinal)
  local key, field = place_of(ordinal)
  local state = redis.call('HGET', key, field)
  return state and not is_open(state) or is_packed(math.floor(ordinal / 25))
end

-- A mark needs its entry of the queue, or its slice. One that a receipt put into the queue meanwhile may be somebody else's.
local marked = {}
for i = 1, #marks, 2 do
  local ordinal, last = tonumber(marks[i]), tonumber(marks[i + 1])
  while ordinal <= last do
    local at = own_held(ordinal)
    if at then
      marked[#marked + 1] = ordinal
      marked[#marked + 1] = token .. ':1:' .. at
      ordinal = ordinal + 1
    else
      local slice = slice_of(ordinal)
      local owned = slice and slice.token == token and not is_queued(ordinal)
      if not owned and not is_ended(ordinal) then return {0} end
      -- Without a queue all neighbours of the slice go at once.
      local stop = (queues or not owned) and ordinal or math.min(last, slice.last)
      if owned and stop - slice.first + 1 > slice.passed then
        slice.passed = stop - slice.first + 1
        slice.moved = true
      end
      ordinal = stop + 1
    end
  end
end

local lost = lost_races(w)
if #lost > 0 then return {2, lost} end

redis.call('HSET', root .. 'commits', token, number)
many('HSET', root .. 'held', marked)
for _, run in ipairs(w.runs) do
  local slice = run.fresh and slice_of(run.first)
  local whole = slice and slice.token == token and run.first + run.n - 1 <= slice.last
  if whole and run.first + run.n - slice.first > slice.passed then
    slice.passed = run.first + run.n - slice.first
    slice.moved = true
  end
  -- Packed it stays where nothing need be asked of its rows one by one.
  if run.packed and (not whole or queues or #w.due > 0) then expand(run) end

  -- Untouched ones are no entries of the queue. An entry stays as it is, this lease's too, unless its row ends or is due anew:
  -- the answer may be to an older attempt, while a newer one is in a sender's hands.
  for i = 1, run.fresh and not whole and run.n or 0 do
    local ordinal = run.first + i - 1
    local slice = slice_of(ordinal)
    if slice and slice.token == token and ordinal - slice.first + 1 > slice.passed then
      slice.passed = ordinal - slice.first + 1
      slice.moved = true
    end
  end
end
write(w)
return {1}
