
-- Tells nodes of a suppression, under the next number. The last hundred thousand are kept: nodes read every second.
redis.call('ZADD', root .. 'suppressions', redis.call('INCR', root .. 'suppression'), take())
redis.call('ZREMRANGEBYRANK', root .. 'suppressions', 0, -100001)
return 1
