
-- Makes an execution's head of names and values; 0 where the slot has one already.
if redis.call('EXISTS', root .. 'h') == 1 then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSET', root .. 'h', ARGV[i], ARGV[i + 1]) end
return 1
