
-- FlowDispatch.Limits.Pace in Lua, tick for tick: the store takes permits in one step, so the rule runs here. A test holds
-- the two against each other. All products stay below 2^53, so that doubles are exact.
local FULL, LEAST = 200000000, 12500000

local function pace_at(held, full, instant)
  return math.min(math.max(FULL - (full - math.max(instant, held)), LEAST), FULL)
end

-- spacing x FULL / pace, rounded up: FULL is 20,000 x 10,000, and what is left over goes through one factor after the other.
local function after(held, full, permit, spacing)
  local pace = pace_at(held, full, permit)
  if pace == FULL then return permit + spacing end
  local rest = math.fmod(spacing, pace)
  local second = rest * 20000
  local second_rest = math.fmod(second, pace)
  local last = second_rest * 10000
  local last_rest = math.fmod(last, pace)
  local last_whole = (last - last_rest) / pace + (last_rest > 0 and 1 or 0)
  return permit + (spacing - rest) / pace * FULL + (second - second_rest) / pace * 10000 + last_whole
end

local bucket = redis.call('HMGET', root .. 'bucket', 'last', 'held', 'full')
local NEVER = -1e18
local last, held, full = tonumber(bucket[1] or NEVER), tonumber(bucket[2] or NEVER), tonumber(bucket[3] or NEVER)
