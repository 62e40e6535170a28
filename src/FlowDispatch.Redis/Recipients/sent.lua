
-- What leads from a channel's receipts and replies to recipients: messages by the provider's id, and the last two
-- executions' recipients of each contact, newest first. Written before the row that says so: a process that ends in between
-- leaves an address whose row says that nothing was sent, which readers see.
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
    local first, second = string.match(known[i], '^([^,]*),?(.*)$')
    local first_number, second_number = tonumber(string.match(first, '^%d+')), tonumber(string.match(second, '^%d+') or '0')
    if number > first_number then
      address = address .. ',' .. first
    elseif number < first_number and number > second_number then
      address = first .. ',' .. address
    else
      address = known[i]
    end
  end
  new[2 * i - 1] = contacts[i]
  new[2 * i] = address
end
many('HSET', root .. 'latest', new)
return 1
