
-- Tells nodes of a suppression, under the next number. The last hundred thousand are kept: nodes read every second. A number is
-- never below the clock: where a failover forgot some, those that nodes have read past are not given again.
local number = text(math.max(tonumber(redis.call('GET', root .. 'suppression') or '0') + 1, now))
redis.call('SET', root .. 'suppression', number)
redis.call('ZADD', root .. 'suppressions', number, take())
redis.call('ZREMRANGEBYRANK', root .. 'suppressions', 0, -100001)
return 1
