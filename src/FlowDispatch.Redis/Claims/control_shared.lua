
-- What nodes watch over all executions: which are open, who must not be written to since the cursor, which buckets are held.
local after = tonumber(take())
local cursor = math.max(after, 1 + tonumber(redis.call('GET', root .. 'suppression') or '0'))
local suppressed = {}
if after > 0 and cursor > after then suppressed = redis.call('ZRANGEBYSCORE', root .. 'suppressions', after, '+inf') end
redis.call('ZREMRANGEBYSCORE', root .. 'held', '-inf', text(now))
return {redis.call('ZRANGE', root .. 'open', 0, -1), suppressed, cursor, text(now), redis.call('ZRANGE', root .. 'held', 0, -1, 'WITHSCORES')}
