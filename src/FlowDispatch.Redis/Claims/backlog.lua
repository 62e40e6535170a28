
local head = redis.call('HMGET', root .. 'h', 'born', 'status', 'planned', 'plan_until', 'started', 'created', '#in_doubt', 'automation')
local due = redis.call('ZRANGE', root .. 'due', 0, 0, 'WITHSCORES')
return {head, redis.call('EXISTS', root .. 'free'), due[2] or '', redis.call('HVALS', root .. 'leases'), text(now)}
