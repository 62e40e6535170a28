
-- What nodes watch over all executions: which are open, who must not be written to since the cursor, which buckets are held. A
-- cursor that is ahead of the last number, as after a failover, stays: the next number is later than all that were given.
local after = tonumber(take())
local cursor = math.max(after, 1 + tonumber(redis.call('GET', root .. 'suppression') or '0'))
local suppressed = {}
if after > 0 and cursor > after then suppressed = redis.call('ZRANGEBYSCORE', root .. 'suppressions', text(after), '+inf') end
redis.call('ZREMRANGEBYSCORE', root .. 'held', '-inf', text(now))
return {redis.call('ZRANGE', root .. 'open', 0, -1), suppressed, cursor, text(now), redis.call('ZRANGE', root .. 'held', 0, -1, 'WITHSCORES')}
