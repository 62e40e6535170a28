
-- What leads from a channel's receipts and replies to recipients: messages by the provider's id, and the last two
-- executions' recipients of each contact, newest first. Written before the row that says so: a process that ends in between
-- leaves an address whose row says that nothing was sent, which readers see.
local messages = list() -- id, address
local people = list()   -- contact, address, execution
many('HSET', root .. 'messages', messages)
if #people > 0 then
  local contacts, new = {}, {}
  for i = 1, #people, 3 do contacts[#contacts + 1] = people[i] end
  for i, known in ipairs(ask('HMGET', root .. 'latest', contacts)) do
    local address, number = people[3 * i - 1], tonumber(people[3 * i])
    local first, second = string.match(known or '', '^([^,]*),?(.*)$')
    local first_number, second_number = tonumber(string.match(first, '^%d+') or '0'), tonumber(string.match(second, '^%d+') or '0')
    if number > first_number then
      new[#new + 1] = contacts[i]
      new[#new + 1] = first == '' and address or address .. ',' .. first
    elseif number < first_number and number > second_number then
      new[#new + 1] = contacts[i]
      new[#new + 1] = first .. ',' .. address
    end
  end
  many('HSET', root .. 'latest', new)
end
return 1
