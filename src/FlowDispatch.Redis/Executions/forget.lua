
local number, doubtful, ended = take(), take(), take()
local added = redis.call('ZSCORE', root .. 'open', number)
if added and tonumber(added) > now - 600000000 then return 0 end
if doubtful == '1' then redis.call('SADD', root .. 'doubtful', number) end
if ended ~= '' then redis.call('ZADD', root .. 'ended', ended, number) end
return redis.call('ZREM', root .. 'open', number)
