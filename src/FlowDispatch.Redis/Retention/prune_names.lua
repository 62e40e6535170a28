
-- An execution is no more: neither open, nor ended, nor being pruned, nor doubtful.
local number = take()
redis.call('ZREM', root .. 'open', number)
redis.call('ZREM', root .. 'ended', number)
redis.call('ZREM', root .. 'pruning', number)
redis.call('SREM', root .. 'doubtful', number)
return 1
