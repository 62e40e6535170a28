
-- Stores planned recipients, their slices and the place to go on from, all at once, under the planner's lease. The ordinals
-- were given by the planner: nobody else plans while its lease holds, and an append that was made already moved "next" on.
local token, duration, first, last, finished, at = take(), tonumber(take()), take(), take(), take(), take()
local has_position, position = take(), take()
local head = redis.call('HMGET', root .. 'h', 'status', 'planned', 'plan_until', 'plan_token', 'next')
if head[1] ~= '1' or head[2] or head[4] ~= token or not head[3] or tonumber(head[3]) <= now or (head[5] or '0') ~= first then return 0 end

local records = list() -- chunk, records
local states = list()  -- chunk, field, state: those that ended at once
local slices = list()  -- first, count
local w = {counters = list(), errors = list()}

for i = 1, #records, 2 do redis.call('APPEND', root .. 's:' .. records[i], records[i + 1]) end
for i = 1, #states, 3 do redis.call('HSET', root .. 'm:' .. states[i], states[i + 1], states[i + 2]) end
for i = 1, #slices, 2 do redis.call('ZADD', root .. 'free', slices[i], slices[i] .. ':' .. slices[i + 1] .. ':0') end
count(w)
redis.call('HSET', root .. 'h', 'next', last, 'plan_until', text(now + duration))
if has_position == '1' then redis.call('HSET', root .. 'h', 'position', position) else redis.call('HDEL', root .. 'h', 'position') end
if finished == '1' then
  redis.call('HDEL', root .. 'h', 'plan_until')
  redis.call('HSET', root .. 'h', 'planned', at)
  redis.call('HINCRBY', root .. 'h', 'version', 1)
  if tonumber(redis.call('HGET', root .. 'h', '#open') or '0') == 0 then redis.call('HSET', root .. 'h', 'status', '3', 'ended', at) end
end
return 1
