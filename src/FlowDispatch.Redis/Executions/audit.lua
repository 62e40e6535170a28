
-- Counts rows as they stand, in the same instant as the counters: by the three letters with which a state begins.
local fields = list()
local head = redis.call('HMGET', root .. 'h', unpack(fields))
local total = tonumber(redis.call('HGET', root .. 'h', 'next') or '0')
local kinds, touched = {}, 0
for chunk = 0, math.floor((total - 1) / 25) do
  local packed = redis.call('GET', root .. 'r:' .. chunk)
  for _, state in ipairs(packed and unpacked_states(packed) or redis.call('HVALS', root .. 'm:' .. chunk)) do
    local kind = string.sub(state, 1, 3)
    kinds[kind] = (kinds[kind] or 0) + 1
    touched = touched + 1
  end
end

-- Pending ones whose message is in a sender's hands.
local sending = 0
for _, ordinal in ipairs(all_flying()) do
  local key, field = place_of(tonumber(ordinal))
  local state = redis.call('HGET', key, field)
  if is_open(state) and (not state or string.sub(state, 1, 1) == '0') then sending = sending + 1 end
end

local flat = {}
for kind, n in pairs(kinds) do
  flat[#flat + 1] = kind
  flat[#flat + 1] = n
end
return {head, flat, total - touched, sending}
