
-- Recipients of one execution, a hundred to a chunk: s: who they are (one string), m: where they stand (hash; absent means
-- untouched), i: their last message's id (hash), e: history (hash). The due queue is due (sorted set by instant), held are its
-- entries that a lease holds ("token:marked:instant"), fly are those in senders' hands that came from a slice (token), free
-- are slices that nobody holds ("first:count:passed"), out those that a lease holds ("count:passed:token").
local function read_writes()
  local w = {chunks = {}}
  for c = 1, tonumber(take()) do
    local chunk = {number = take(), fields = {}, expected = {}, states = {}}
    for i = 1, tonumber(take()) do
      chunk.fields[i] = take()
      chunk.expected[i] = take()
      chunk.states[i] = take()
    end
    w.chunks[c] = chunk
  end
  w.closed = list()   -- ordinals whose run has ended
  w.due = list()      -- instant and ordinal of those that are due again
  w.messages = list() -- chunk, field, id (empty for none)
  w.events = list()   -- chunk, field, packed events
  w.counters = list() -- name, difference
  w.errors = list()   -- code, difference
  return w
end

-- The ordinals whose rows are no longer as the decision was made on; empty where all are.
local function lost_races(w)
  local lost = {}
  for _, chunk in ipairs(w.chunks) do
    local states = redis.call('HMGET', root .. 'm:' .. chunk.number, unpack(chunk.fields))
    for i, state in ipairs(states) do
      if (state or '') ~= chunk.expected[i] then lost[#lost + 1] = chunk.number * 100 + chunk.fields[i] end
    end
  end
  return lost
end

local function count(w)
  for i = 1, #w.counters, 2 do redis.call('HINCRBY', root .. 'h', w.counters[i], w.counters[i + 1]) end
  for i = 1, #w.errors, 2 do
    if redis.call('HINCRBY', root .. 'x', w.errors[i], w.errors[i + 1]) == 0 then redis.call('HDEL', root .. 'x', w.errors[i]) end
  end
end

local function write(w)
  for _, chunk in ipairs(w.chunks) do
    local pairs_ = {}
    for i, field in ipairs(chunk.fields) do
      pairs_[2 * i - 1] = field
      pairs_[2 * i] = chunk.states[i]
    end
    redis.call('HSET', root .. 'm:' .. chunk.number, unpack(pairs_))
  end
  if #w.closed > 0 then
    many('HDEL', root .. 'fly', w.closed)
    if redis.call('EXISTS', root .. 'held') == 1 then many('HDEL', root .. 'held', w.closed) end
    if redis.call('EXISTS', root .. 'due') == 1 then many('ZREM', root .. 'due', w.closed) end
  end
  if #w.due > 0 then
    many('ZADD', root .. 'due', w.due)
    local ordinals = {}
    for i = 2, #w.due, 2 do ordinals[#ordinals + 1] = w.due[i] end
    many('HDEL', root .. 'fly', ordinals)
    many('HDEL', root .. 'held', ordinals)
  end
  local ids = {}
  for i = 1, #w.messages, 3 do
    local key = root .. 'i:' .. w.messages[i]
    if w.messages[i + 2] == '' then
      redis.call('HDEL', key, w.messages[i + 1])
    else
      ids[key] = ids[key] or {}
      table.insert(ids[key], w.messages[i + 1])
      table.insert(ids[key], w.messages[i + 2])
    end
  end
  for key, fields in pairs(ids) do redis.call('HSET', key, unpack(fields)) end
  for i = 1, #w.events, 3 do
    local key = root .. 'e:' .. w.events[i]
    redis.call('HSET', key, w.events[i + 1], (redis.call('HGET', key, w.events[i + 1]) or '') .. w.events[i + 2])
  end
  count(w)
end

-- Lease token, whether it is marked and instant of a held entry.
local function parse_held(value) return string.match(value, '^(%d+):(%d):(.*)$') end
