
if redis.call('EXISTS', root .. 'conversations') == 0 then return {} end
return ask('HMGET', root .. 'conversations', list())
