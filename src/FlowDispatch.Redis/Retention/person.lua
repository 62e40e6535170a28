
-- The chunks among these in which a contact's id stands somewhere; the caller looks where.
local contact, first, last = take(), tonumber(take()), tonumber(take())
local found = {}
if redis.call('HEXISTS', root .. 'h', 'pruned') == 1 then return found end
for chunk = first, last do
  local people = redis.call('GET', root .. 's:' .. chunk)
  if people and string.find(people, contact, 1, true) then found[#found + 1] = chunk end
end
return found
