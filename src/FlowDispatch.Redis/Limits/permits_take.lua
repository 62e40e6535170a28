
local spacing, count, horizon = tonumber(take()), tonumber(take()), tonumber(take())
local next_ = math.max(held, now)
if bucket[1] then next_ = math.max(next_, after(held, full, last, spacing)) end
local permits = {}
while #permits < count and next_ <= now + horizon do
  permits[#permits + 1] = text(next_)
  next_ = after(held, full, next_, spacing)
end
if #permits > 0 then redis.call('HSET', root .. 'bucket', 'last', permits[#permits]) end
return {permits, text(next_), text(now)}
