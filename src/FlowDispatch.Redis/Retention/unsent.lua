
-- Takes out of a channel's index what leads to recipients of one execution.
local number = take()
local messages = list() -- id, address
local contacts = list()
for i = 1, #messages, 2 do
  if redis.call('HGET', root .. 'messages', messages[i]) == messages[i + 1] then redis.call('HDEL', root .. 'messages', messages[i]) end
end
for i, known in ipairs(ask('HMGET', root .. 'latest', contacts)) do
  if known then
    local others = {}
    for address in string.gmatch(known, '[^,]+') do
      if string.match(address, '^%d+') ~= number then others[#others + 1] = address end
    end
    if #others == 0 then
      redis.call('HDEL', root .. 'latest', contacts[i])
    else
      redis.call('HSET', root .. 'latest', contacts[i], table.concat(others, ','))
    end
  end
end
return 1
