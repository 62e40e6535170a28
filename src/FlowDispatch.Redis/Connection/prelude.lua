-- Shared by all scripts. KEYS[1] is a root like "fd:{7}:"; every key of a script is that root with a name behind it, so
-- that all of them lie in one slot. ARGV[1] is the instant of a host with a clock of its own (tests); empty means that
-- Redis's clock counts. Instants are ticks since 2024, which a double holds exactly.
local root = KEYS[1]

-- While its slot moves to another server of a cluster, a script is sent to the one that takes the slot: no key has the root's
-- own name, so the one that gives it away seems not to have it. Keys that have not come yet would look like none. Of two keys
-- that are nowhere that server says so, and the script fails before it has written anything.
redis.call('EXISTS', root .. '-', root .. '--')

local function clock(given)
  if given ~= '' then return tonumber(given) end
  local t = redis.call('TIME')
  return (tonumber(t[1]) - 1704067200) * 10000000 + tonumber(t[2]) * 10
end

-- Lua would write a large number in scientific notation and lose its last digits.
local function text(number) return string.format('%.0f', number) end

-- Calls a command that takes any number of arguments, in parts that fit Lua's stack.
local function many(command, key, list)
  for from = 1, #list, 4000 do
    redis.call(command, key, unpack(list, from, math.min(from + 3999, #list)))
  end
end

-- The same for commands that answer an array with one element for each argument.
local function ask(command, key, list)
  if #list <= 4000 then
    if #list == 0 then return {} end
    return redis.call(command, key, unpack(list))
  end
  local all = {}
  for from = 1, #list, 4000 do
    for _, value in ipairs(redis.call(command, key, unpack(list, from, math.min(from + 3999, #list)))) do
      all[#all + 1] = value
    end
  end
  return all
end

local now = clock(ARGV[1])

-- Reads the arguments one after the other; a list is how many values it has, then the values.
local place = 1
local function take()
  place = place + 1
  return ARGV[place]
end
local function some(count)
  local from = place + 1
  place = place + count
  if count <= 4000 then return {unpack(ARGV, from, place)} end
  local values = {}
  for i = 1, count do values[i] = ARGV[from + i - 1] end
  return values
end
local function list() return some(tonumber(take())) end
