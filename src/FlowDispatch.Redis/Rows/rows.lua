
-- Recipients of one execution, 25 to a chunk: s: who they are (one string), m: where they stand (hash; absent means
-- untouched), i: their last message's id (hash), e: history (hash). The due queue is due (sorted set by instant), held are its
-- entries that a lease holds ("token:marked:instant"). free are slices that nobody holds (sorted set, "first:count:passed"),
-- out those that a lease holds ("count:passed:left:token": how many were passed, and how many of its items have no answer).
--
-- A whole chunk that one commit closed is one string instead of m and i: r, its 25 states and then its 25 ids (MessagePack). As soon
-- as anybody writes one of its rows, all of it becomes fields. Nobody in it is open, in somebody's hands or in the queue.
--
-- In somebody's hands is whoever was passed in a slice that is out, is open and is not in the queue; and whose held entry is
-- marked. Nothing is written for that: one write a recipient is what a message costs.
local FIELD = {[0] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15', '16', '17', '18',
  '19', '20', '21', '22', '23', '24'}

local function place_of(ordinal)
  local field = ordinal % 25
  return root .. 'm:' .. (ordinal - field) / 25, FIELD[field]
end

-- Of a packed chunk: its states and its ids, in the order of their places; '' is no id.
local function unpacked(packed)
  local all = {cmsgpack.unpack(packed)}
  return {unpack(all, 1, 25)}, {unpack(all, 26, 50)}
end
local function unpacked_states(packed) return {select(2, cmsgpack.unpack_limit(packed, 25, 0))} end
local function pairs_of(values)
  local flat = {}
  for i, value in ipairs(values) do
    if value ~= '' then
      flat[#flat + 1] = FIELD[i - 1]
      flat[#flat + 1] = value
    end
  end
  return flat
end

-- A chunk's states and ids as fields and values, however it is kept.
local function rows_of(chunk)
  local packed = redis.call('GET', root .. 'r:' .. chunk)
  if not packed then return redis.call('HGETALL', root .. 'm:' .. chunk), redis.call('HGETALL', root .. 'i:' .. chunk) end
  local states, ids = unpacked(packed)
  return pairs_of(states), pairs_of(ids)
end

-- Makes fields of a packed chunk, before any of them is written.
local function open_up(chunk)
  local packed = redis.call('GET', root .. 'r:' .. chunk)
  if not packed then return end
  local states, ids = unpacked(packed)
  many('HSET', root .. 'm:' .. chunk, pairs_of(states))
  many('HSET', root .. 'i:' .. chunk, pairs_of(ids))
  redis.call('DEL', root .. 'r:' .. chunk)
end
local function is_packed(chunk) return redis.call('EXISTS', root .. 'r:' .. chunk) == 1 end

-- The second letter of a state holds the flags; the lowest is "open".
local function is_open(state) return not state or state == '' or string.byte(state, 2) % 2 == 1 end

-- Lease token, whether it is marked and instant of a held entry.
local function parse_held(value) return string.match(value, '^(%d+):(%d):(.*)$') end

local has_held, has_due = redis.call('EXISTS', root .. 'held') == 1, redis.call('EXISTS', root .. 'due') == 1
local held_known, due_known = {}, {}

-- Asks at once what the queue has of these, numbers all of them: one by one each costs a call.
local function look_up(ordinals)
  if has_held then
    for i, entry in ipairs(ask('HMGET', root .. 'held', ordinals)) do held_known[ordinals[i]] = entry end
  end
  if has_due then
    for i, due in ipairs(ask('ZMSCORE', root .. 'due', ordinals)) do due_known[ordinals[i]] = due end
  end
end
local function held_of(ordinal)
  if not has_held then return false end
  if held_known[ordinal] == nil then held_known[ordinal] = redis.call('HGET', root .. 'held', ordinal) end
  return held_known[ordinal]
end
local function is_queued(ordinal)
  if not has_due then return held_of(ordinal) end
  if due_known[ordinal] == nil then due_known[ordinal] = redis.call('ZSCORE', root .. 'due', ordinal) end
  return due_known[ordinal] or held_of(ordinal)
end

local slices
local function load_slices()
  if slices then return slices end
  slices = {}
  local out = redis.call('HGETALL', root .. 'out')
  for i = 1, #out, 2 do
    local count, passed, left, holder = string.match(out[i + 1], '^(%d+):(%d+):(%d+):(%d+)$')
    slices[#slices + 1] = {
      key = out[i], first = tonumber(out[i]), last = out[i] + count - 1, count = tonumber(count), passed = tonumber(passed), left = tonumber(left), token = holder}
  end
  return slices
end
local function slice_of(ordinal)
  for _, slice in ipairs(load_slices()) do
    if ordinal >= slice.first and ordinal <= slice.last then return slice end
  end
end
local function save_slices()
  for _, slice in ipairs(slices or {}) do
    if slice.left <= 0 then
      redis.call('HDEL', root .. 'out', slice.key)
    elseif slice.moved then
      redis.call('HSET', root .. 'out', slice.key, slice.count .. ':' .. slice.passed .. ':' .. slice.left .. ':' .. slice.token)
    end
  end
end

-- Whether an open row's message is in somebody's hands.
local function is_flying(ordinal)
  local entry = held_of(ordinal)
  if entry then
    local _, marked = parse_held(entry)
    return marked == '1'
  end
  local slice = slice_of(ordinal)
  return slice ~= nil and ordinal < slice.first + slice.passed and not is_queued(ordinal)
end

-- All whose messages are in somebody's hands, or those of one lease.
local function all_flying(token)
  local flying = {}
  for _, slice in ipairs(load_slices()) do
    if not token or slice.token == token then
      local ordinal, last = slice.first, slice.first + slice.passed - 1
      while ordinal <= last do
        if ordinal % 25 == 0 and is_packed(ordinal / 25) then
          ordinal = ordinal + 25
        else
          local key, field = place_of(ordinal)
          local state = redis.call('HGET', key, field)
          if is_open(state) and (not state or not is_queued(ordinal)) then flying[#flying + 1] = text(ordinal) end
          ordinal = ordinal + 1
        end
      end
    end
  end
  local held = redis.call('HGETALL', root .. 'held')
  for i = 1, #held, 2 do
    local holder, marked = parse_held(held[i + 1])
    if marked == '1' and (not token or holder == token) then flying[#flying + 1] = held[i] end
  end
  return flying
end

-- Changes come as runs of neighbours within a chunk: the states they become, those they were (left out where they were
-- untouched) and their messages' ids (left out where these stay). Or, where a whole chunk of untouched ones is closed, packed.
local function read_writes()
  local w = {runs = {}}
  for r = 1, tonumber(take()) do
    local run, kind = {first = tonumber(take()), n = tonumber(take())}, take() -- 0: touched, 1: untouched, 2: packed
    run.fresh, run.with_ids = kind ~= '0', take() == '1'
    if kind == '2' then
      run.packed = take()
    else
      run.states = some(run.n)
      run.expected = run.fresh and {} or some(run.n)
      run.ids = run.with_ids and some(run.n) or {}
    end
    w.runs[r] = run
  end
  w.due = list()      -- instant and ordinal of those that are due again
  w.events = list()   -- chunk, field, packed events
  w.counters = list() -- name, difference
  w.errors = list()   -- code, difference
  return w
end

-- Makes a run of a packed one.
local function expand(run)
  run.states, run.ids = unpacked(run.packed)
  run.expected = {}
  run.packed = nil
end

-- The ordinals whose rows are no longer as the decision was made on; empty where all are.
local function lost_races(w)
  local lost = {}
  for _, run in ipairs(w.runs) do
    local field = run.first % 25
    local chunk = (run.first - field) / 25
    local key = root .. 'm:' .. chunk

    -- Nearly always a chunk that nobody has touched yet: one look tells.
    if not run.fresh or redis.call('EXISTS', key, root .. 'r:' .. chunk) > 0 then
      if run.packed then expand(run) end
      open_up(chunk)
      local states = redis.call('HMGET', key, unpack(FIELD, field, field + run.n - 1))
      for i = 1, run.n do
        if (states[i] or '') ~= (run.fresh and '' or run.expected[i]) then lost[#lost + 1] = run.first + i - 1 end
      end
    end
  end
  return lost
end

-- The ordinals of all rows written.
local function written(w)
  local ordinals = {}
  for _, run in ipairs(w.runs) do
    for i = 1, run.n do ordinals[#ordinals + 1] = run.first + i - 1 end
  end
  return ordinals
end

local function count(w)
  for i = 1, #w.counters, 2 do redis.call('HINCRBY', root .. 'h', w.counters[i], w.counters[i + 1]) end
  for i = 1, #w.errors, 2 do
    if redis.call('HINCRBY', root .. 'x', w.errors[i], w.errors[i + 1]) == 0 then redis.call('HDEL', root .. 'x', w.errors[i]) end
  end
end

-- An item of a slice that is out has its answer. Untouched ones can't be in the queue: an entry of it comes with a state.
local function answer(ordinal, fresh, before, state, is_due)
  if is_open(state) and not is_due then return end
  local slice = slice_of(ordinal)
  if slice and (fresh or (is_open(before) and not is_queued(ordinal))) then
    slice.left = slice.left - 1
    slice.moved = true
  end
end

local function write(w)
  local due, again, closed = {}, {}, {}
  for i = 2, #w.due, 2 do
    due[tonumber(w.due[i])] = true
    again[#again + 1] = w.due[i]
  end
  local queues = has_due or has_held
  for _, run in ipairs(w.runs) do
    local field = run.first % 25
    local chunk = (run.first - field) / 25
    local fields, ids = {}, {}

    -- Nearly always: untouched ones of one slice, all of whom have ended.
    local slice = run.fresh and #w.due == 0 and slice_of(run.first)
    if slice and run.first + run.n - 1 > slice.last then slice = nil end
    for i = 1, run.packed and 0 or run.n do
      if slice and is_open(run.states[i]) then slice = nil end
    end
    if slice then
      slice.left = slice.left - run.n
      slice.moved = true
    end
    for i = 1, run.packed and 0 or run.n do
      local name, state = FIELD[field + i - 1], run.states[i]
      fields[2 * i - 1] = name
      fields[2 * i] = state
      if not slice then answer(run.first + i - 1, run.fresh, run.expected[i], state, due[run.first + i - 1]) end
      if queues and not is_open(state) then closed[#closed + 1] = run.first + i - 1 end
      if run.with_ids then
        if run.ids[i] == '' then
          redis.call('HDEL', root .. 'i:' .. chunk, name)
        else
          ids[#ids + 1] = name
          ids[#ids + 1] = run.ids[i]
        end
      end
    end
    if run.packed then
      redis.call('SET', root .. 'r:' .. chunk, run.packed)
    else
      redis.call('HSET', root .. 'm:' .. chunk, unpack(fields))
    end
    if #ids > 0 then redis.call('HSET', root .. 'i:' .. chunk, unpack(ids)) end
  end
  save_slices()
  if has_held then many('HDEL', root .. 'held', closed) end
  if has_due then many('ZREM', root .. 'due', closed) end
  if #w.due > 0 then
    many('ZADD', root .. 'due', w.due)
    if has_held then many('HDEL', root .. 'held', again) end
  end
  for i = 1, #w.events, 3 do
    local key = root .. 'e:' .. w.events[i]
    redis.call('HSET', key, w.events[i + 1], (redis.call('HGET', key, w.events[i + 1]) or '') .. w.events[i + 2])
  end
  count(w)
end
