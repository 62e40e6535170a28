
-- Gives a lease as many of the automation's slots as are free, at most those asked for. What a lease had is free again at
-- the instant it ends, whether anybody took it back or not.
local token, wanted, duration, most = take(), tonumber(take()), tonumber(take()), tonumber(take())
local taken = 0
local all = redis.call('HGETALL', root .. 'slots')
for i = 1, #all, 2 do
  local ends, slots = string.match(all[i + 1], '^(.+):(.+)$')
  if tonumber(ends) > now then taken = taken + tonumber(slots) else redis.call('HDEL', root .. 'slots', all[i]) end
end
local granted = math.min(wanted, most - taken)
if granted < 1 then return {0, '0'} end
local ends = text(now + duration)
redis.call('HSET', root .. 'slots', token, ends .. ':' .. granted)
return {granted, ends}
