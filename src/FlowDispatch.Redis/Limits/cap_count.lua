
-- A contact's cap: who was counted when. Another automation may ask about the same contact over a longer time; what that
-- one still counts stays.
local holder, most, period, expires = take(), tonumber(take()), tonumber(take()), take()
local longest = math.max(tonumber(redis.call('GET', root .. 'longest') or '0'), period)
redis.call('ZREMRANGEBYSCORE', root .. 'cap', '-inf', text(now - longest))
local own = redis.call('ZSCORE', root .. 'cap', holder)
local others = {}
local all = redis.call('ZRANGE', root .. 'cap', 0, -1, 'WITHSCORES')
for i = 1, #all, 2 do
  if all[i] ~= holder then others[#others + 1] = tonumber(all[i + 1]) end
end
local oldest = others[#others - most + 1]
local full = oldest and oldest > now - period
if not full then redis.call('ZADD', root .. 'cap', text(now), holder) end
redis.call('SET', root .. 'longest', text(longest))
if expires == '1' then
  redis.call('PEXPIRE', root .. 'cap', math.ceil(longest / 10000) + 1000)
  redis.call('PEXPIRE', root .. 'longest', math.ceil(longest / 10000) + 1000)
end
if full then return text(oldest + period) end
return ''
