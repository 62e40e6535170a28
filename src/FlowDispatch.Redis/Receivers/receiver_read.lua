
local channel, attempt, from, upto, stamped = take(), take(), tonumber(take()), take(), take()
local stretches = {}
for _, stretch in ipairs(redis.call('HVALS', root .. 'stretches')) do
  if tonumber(string.match(stretch, '^.+:(.+):%d$')) >= from then stretches[#stretches + 1] = stretch end
end
local latest = ''
for _, member in ipairs(redis.call('ZRANGEBYSCORE', root .. 'notes:' .. channel, '-inf', upto)) do
  local attempted = member:match(':(.+)$')
  if latest == '' or tonumber(attempted) > tonumber(latest) then latest = attempted end
end
local unsettled = redis.call('ZCOUNT', root .. 'new', '-inf', stamped) > 0 or redis.call('ZCOUNT', root .. 'packs', '-inf', stamped) > 0
  or redis.call('HEXISTS', root .. 'named', attempt) == 1
return {text(now), stretches, latest, unsettled and 1 or 0}
