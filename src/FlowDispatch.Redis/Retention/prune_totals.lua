
-- Takes an execution out of its organization's listings and adds its figures to what is kept of its automation, once: who
-- comes second finds it in no listing any more.
local automation, number, test, id, created = take(), take(), take(), take(), take()
local counters = list() -- name, figure
if redis.call('ZREM', root .. 'executions', number) == 0 then return 0 end
redis.call('ZREM', root .. 'executions:' .. automation, number)
redis.call('SREM', root .. 'open:' .. automation, number)
if test == '1' then return 1 end
local kept = root .. 'totals:' .. automation
redis.call('HINCRBY', kept, 'executions', 1)
for i = 1, #counters, 2 do redis.call('HINCRBY', kept, counters[i], counters[i + 1]) end
if tonumber(redis.call('HGET', kept, 'last') or '0') < tonumber(number) then
  redis.call('HSET', kept, 'last', number, 'last_id', id, 'last_at', created)
end
return 1
