
-- Ends a lease: those in flight by the writes given, everybody else as if nobody had claimed them. 0 where it is gone
-- already or still holds; the ordinals in flight where they, or their rows, are not as the writes were decided on.
local token, only_ended = take(), take() == '1'
local ends = redis.call('HGET', root .. 'leases', token)
if not ends or (only_ended and tonumber(ends) > now) then return {0} end
local decided = list()
local w = read_writes()

local flying, unmarked = {}, {}
local fly = redis.call('HGETALL', root .. 'fly')
for i = 1, #fly, 2 do
  if fly[i + 1] == token then flying[#flying + 1] = fly[i] end
end
local held = redis.call('HGETALL', root .. 'held')
for i = 1, #held, 2 do
  local holder, marked, at = parse_held(held[i + 1])
  if holder == token then
    if marked == '1' then
      flying[#flying + 1] = held[i]
    else
      unmarked[#unmarked + 1] = at
      unmarked[#unmarked + 1] = held[i]
    end
  end
end

local known = {}
for _, ordinal in ipairs(decided) do known[ordinal] = true end
local same = #decided == #flying
for _, ordinal in ipairs(flying) do same = same and known[ordinal] end
if not same or #lost_races(w) > 0 then return {2, flying} end

many('HDEL', root .. 'fly', flying)
many('HDEL', root .. 'held', flying)
write(w)
for i = 2, #unmarked, 2 do redis.call('HDEL', root .. 'held', unmarked[i]) end
many('ZADD', root .. 'due', unmarked)
local out = redis.call('HGETALL', root .. 'out')
for i = 1, #out, 2 do
  local count_, passed, holder = string.match(out[i + 1], '^(%d+):(%d+):(%d+)$')
  if holder == token then
    redis.call('HDEL', root .. 'out', out[i])
    redis.call('ZADD', root .. 'free', out[i], out[i] .. ':' .. count_ .. ':' .. passed)
  end
end
redis.call('HDEL', root .. 'leases', token)
redis.call('HDEL', root .. 'commits', token)
return {1}
