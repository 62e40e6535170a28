
-- Ends a lease: those in flight by the writes given, everybody else as if nobody had claimed them. 0 where it is gone
-- already or still holds; 2 and the ordinals in flight where they, or their rows, are not as the writes were decided on.
local token, only_ended = take(), take() == '1'
local ends = redis.call('HGET', root .. 'leases', token)
if not ends or (only_ended and tonumber(ends) > now) then return {0} end
local decided = list()
local w = read_writes()

local flying = all_flying(token)
local known = {}
for _, ordinal in ipairs(decided) do known[ordinal] = true end
local same = #decided == #flying
for _, ordinal in ipairs(flying) do same = same and known[ordinal] end
if not same or #lost_races(w) > 0 then return {2, flying} end

write(w)
local held, freed, due = redis.call('HGETALL', root .. 'held'), {}, {}
for i = 1, #held, 2 do
  local holder, marked, at = parse_held(held[i + 1])
  if holder == token then
    freed[#freed + 1] = held[i]
    if marked == '0' then
      due[#due + 1] = at
      due[#due + 1] = held[i]
    end
  end
end
many('HDEL', root .. 'held', freed)
many('ZADD', root .. 'due', due)
for _, slice in ipairs(load_slices()) do
  if slice.token == token then
    redis.call('HDEL', root .. 'out', slice.key)
    if slice.passed < slice.count and slice.left > 0 then
      redis.call('ZADD', root .. 'free', slice.key, slice.key .. ':' .. slice.count .. ':' .. slice.passed)
    end
  end
end
redis.call('HDEL', root .. 'leases', token)
redis.call('HDEL', root .. 'commits', token)
return {1}
