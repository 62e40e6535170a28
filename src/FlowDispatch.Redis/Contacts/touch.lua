
-- An older instant than the one kept changes nothing.
local contacts, instants, new = list(), list(), {}
for i, known in ipairs(ask('HMGET', root .. 'conversations', contacts)) do
  if not known or tonumber(known) < tonumber(instants[i]) then
    new[#new + 1] = contacts[i]
    new[#new + 1] = instants[i]
  end
end
many('HSET', root .. 'conversations', new)
return 1
