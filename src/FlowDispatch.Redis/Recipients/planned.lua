
-- Gives planned recipients their ordinals, and notes what leads from a channel's replies to them: of each contact its addresses
-- ("execution:ordinal"), newest execution first, fifty at least where there are as many. Written before the rows themselves, and
-- tells the next batch who is planned already. A process that ends in between leaves addresses at which there is nobody, or in
-- the end somebody else: readers look whose row it is, and no address takes another's place.
local number, rows, next = take(), tonumber(take()), tonumber(take())
local packed, contacts = take(), {} -- one behind the other: as arguments of their own they would cost three times as much
for i = 1, #packed / 16 do contacts[i] = string.sub(packed, 16 * i - 15, 16 * i) end

-- What is still being planned must find its own, however many others there are. It is taken out once all are planned.
redis.call('SADD', root .. 'planning', number)
local function cut(addresses)
  for i = #addresses, 51, -1 do
    if redis.call('SISMEMBER', root .. 'planning', string.match(addresses[i], '^%d+')) == 0 then table.remove(addresses, i) end
  end
  return table.concat(addresses, ',')
end

local new, found = {}, {}

-- What becomes of a contact's addresses; nil where one of them may be a row of this execution already.
local function joined(place, before, address)
  local addresses, own, at = {}, 0, nil
  for other in string.gmatch(before, '[^,]+') do
    local execution, ordinal = string.match(other, '^(%d+):(%d+)$')
    if not at and tonumber(execution) <= tonumber(number) then at = #addresses + 1 end
    if execution == number and tonumber(ordinal) < rows then
      own = own + 1
      found[#found + 1] = place - 1
      found[#found + 1] = tonumber(ordinal)
    end
    addresses[#addresses + 1] = other
  end
  if own > 0 then return nil end
  if addresses[at or 0] ~= address then table.insert(addresses, at or #addresses + 1, address) end
  return cut(addresses)
end

local known = ask('HMGET', root .. 'latest', contacts)
for i, contact in ipairs(contacts) do
  local address = number .. ':' .. next
  if known[i] then address = joined(i, known[i], address) end
  if address then
    new[#new + 1] = contact
    new[#new + 1] = address
    next = next + 1
  end
end
many('HSET', root .. 'latest', new)
return found
