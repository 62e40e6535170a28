
local ends = tonumber(take())
if ends <= now or ends <= held then return '' end
local slowed
if now < held then slowed = full - held else slowed = FULL - math.max(math.floor(pace_at(held, full, now) / 2), LEAST) end
redis.call('HSET', root .. 'bucket', 'held', text(ends), 'full', text(ends + slowed))
return text(ends)
