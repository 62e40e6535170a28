
-- Counts rows as they stand, in the same instant as the counters: by the three letters with which a state begins.
local fields = list()
local head = redis.call('HMGET', root .. 'h', unpack(fields))
local total = tonumber(redis.call('HGET', root .. 'h', 'next') or '0')
local kinds, touched = {}, 0
for chunk = 0, math.floor((total - 1) / 100) do
  for _, state in ipairs(redis.call('HVALS', root .. 'm:' .. chunk)) do
    local kind = string.sub(state, 1, 3)
    kinds[kind] = (kinds[kind] or 0) + 1
    touched = touched + 1
  end
end

-- Pending ones whose message is in a sender's hands.
local sending = 0
local function look(ordinal)
  local state = redis.call('HGET', root .. 'm:' .. math.floor(ordinal / 100), ordinal % 100)
  if not state or string.sub(state, 1, 2) == '0A' or string.sub(state, 1, 2) == '0C' then sending = sending + 1 end
end
for i, value in ipairs(redis.call('HKEYS', root .. 'fly')) do look(value) end
local held = redis.call('HGETALL', root .. 'held')
for i = 1, #held, 2 do
  local _, marked = parse_held(held[i + 1])
  if marked == '1' then look(held[i]) end
end

local flat = {}
for kind, n in pairs(kinds) do
  flat[#flat + 1] = kind
  flat[#flat + 1] = n
end
return {head, flat, total - touched, sending}
