
if redis.call('HGET', root .. 'h', 'plan_token') == take() then redis.call('HDEL', root .. 'h', 'plan_until') end
return 1
