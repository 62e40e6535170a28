
-- What leads from a channel's replies to recipients: of each contact those that were sent to or are in doubt, one for each of
-- the newest fifty executions, newest first. Written before the row that says so: a process that ends in between leaves an
-- address whose row says that nothing was sent, which readers see.
local number = tonumber(take())
local contacts, present, new = list(), list(), {}
local known = ask('HMGET', root .. 'latest', contacts)
for i, address in ipairs(present) do
  if known[i] then
    local addresses, own = {}, address
    for other in string.gmatch(known[i], '[^,]+') do
      local other_number = tonumber(string.match(other, '^%d+'))
      if own and other_number <= number then
        addresses[#addresses + 1] = own
        own = nil
      end
      if other_number ~= number then addresses[#addresses + 1] = other end
    end
    addresses[#addresses + 1] = own
    address = table.concat(addresses, ',', 1, math.min(#addresses, 50))
  end
  new[2 * i - 1] = contacts[i]
  new[2 * i] = address
end
many('HSET', root .. 'latest', new)
return 1
