
-- What nodes watch of one execution, at one instant.
local head = redis.call('HMGET', root .. 'h', 'born', 'status', 'priority', 'planned', '#open', '#sent', '#failed', 'forgiven_sent', 'forgiven_failed')
local due = redis.call('ZRANGE', root .. 'due', 0, 0, 'WITHSCORES')
return {head, redis.call('EXISTS', root .. 'free'), due[2] or ''}
