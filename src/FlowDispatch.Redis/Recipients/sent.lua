
-- What leads from a channel's receipts and replies to recipients: messages by the provider's id, and of each contact
-- the recipients that were sent to or are in doubt, one for each of the newest fifty executions, newest first. Written before
-- the row that says so: a process that ends in between leaves an address whose row says that nothing was sent, which readers see.
local number, people, messages = tonumber(take()), tonumber(take()), tonumber(take())
local first_person, first_message = place + 1, place + 1 + 2 * people -- pairs: contact and address, id and address
for from = first_message, first_message + 2 * messages - 1, 4000 do
  redis.call('HSET', root .. 'messages', unpack(ARGV, from, math.min(from + 3999, first_message + 2 * messages - 1)))
end

local contacts, new = {}, {}
for i = 1, people do contacts[i] = ARGV[first_person + 2 * i - 2] end
local known = ask('HMGET', root .. 'latest', contacts)
for i = 1, people do
  local address = ARGV[first_person + 2 * i - 1]
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
