
-- A stretch goes on, or begins: 0 where it is over.
local name, longest, kept = take(), tonumber(take()), tonumber(take())
local known = redis.call('HGET', root .. 'stretches', name)
if known then
  local since, last, ended = string.match(known, '^(.+):(.+):(%d)$')
  if ended == '1' or now - tonumber(last) > longest then return 0 end
  redis.call('HSET', root .. 'stretches', name, since .. ':' .. text(now) .. ':0')
  return 1
end
local all = redis.call('HGETALL', root .. 'stretches')
for i = 1, #all, 2 do
  if tonumber(string.match(all[i + 1], '^.+:(.+):%d$')) < now - kept then redis.call('HDEL', root .. 'stretches', all[i]) end
end
redis.call('HSET', root .. 'stretches', name, text(now) .. ':' .. text(now) .. ':0')
return 1
