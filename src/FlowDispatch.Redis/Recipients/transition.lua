
-- Writes changes of recipients decided on what was read, all or none: 1 written, or 2 where anything they were decided on has
-- changed since: a row, whether a message is in somebody's hands, whether the execution is open.
local was_open = take()
local watched = list() -- ordinals
local flags = list()   -- beside each: '1' where a message was in somebody's hands
local w = read_writes()
local status = redis.call('HGET', root .. 'h', 'status')
if not status or redis.call('HEXISTS', root .. 'h', 'pruned') == 1 then return 2 end
local is_open = (status == '0' or status == '1' or status == '2') and '1' or '0'
if is_open ~= was_open or #lost_races(w) > 0 then return 2 end
for i = 1, #watched do watched[i] = tonumber(watched[i]) end
look_up(watched)
for i = 1, #watched do
  if (is_flying(watched[i]) and '1' or '0') ~= flags[i] then return 2 end
end
write(w)
return 1
