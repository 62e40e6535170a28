
-- Tokens of leases whose time is over; whether any lease is left; and where the execution stands.
local ended, any = {}, 0
local leases = redis.call('HGETALL', root .. 'leases')
for i = 1, #leases, 2 do
  any = 1
  if tonumber(leases[i + 1]) <= now then ended[#ended + 1] = leases[i] end
end
return {ended, any, redis.call('HMGET', root .. 'h', 'status', '#open', '#in_doubt', 'born', 'ended')}
