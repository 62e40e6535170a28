-- A conversation is kept as the instant of its last message, and that of its first behind a colon where it is another.
local contacts, instants, length, new = list(), list(), tonumber(take()), {}
for i, known in ipairs(ask('HMGET', root .. 'conversations', contacts)) do
  local at, last, first = tonumber(instants[i]), nil, nil
  if known then
    last, first = string.match(known, '^(-?%d+):?(-?%d*)$')
    last, first = tonumber(last), tonumber(first) or tonumber(last)
  end
  local since = (not known or at >= last + length or (at < first and first < at + length)) and at or first
  local latest = known and math.max(last, at) or at
  if latest ~= last or since ~= first then
    new[#new + 1] = contacts[i]
    new[#new + 1] = since == latest and text(latest) or text(latest) .. ':' .. text(since)
  end
end
many('HSET', root .. 'conversations', new)
return 1
