
-- Closes recipients of a cancelled execution, and takes slices away or moves them on: 0 where it is no longer so.
local slices = list() -- member, what it becomes
local w = read_writes()
if redis.call('HGET', root .. 'h', 'status') ~= '5' or redis.call('EXISTS', root .. 'leases') == 1 then return 0 end
if #lost_races(w) > 0 then return 2 end
for i = 1, #slices, 2 do
  redis.call('ZREM', root .. 'free', slices[i])
  if slices[i + 1] ~= '' then redis.call('ZADD', root .. 'free', string.match(slices[i + 1], '^%d+'), slices[i + 1]) end
end
write(w)
return 1
