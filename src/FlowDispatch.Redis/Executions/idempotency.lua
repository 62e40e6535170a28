
-- Answers kept under a request's key, in the organization's slot with what they made.
local function taken(key, created)
  if key == '' then return nil end
  local kept = redis.call('HMGET', root .. 'answer:' .. key, 'at', 'doc')
  if kept[1] and tonumber(created) - tonumber(kept[1]) < 864000000000 then return kept[2] end
  return nil
end

local function keep(key, created, doc, expires)
  if key == '' then return end
  redis.call('HSET', root .. 'answer:' .. key, 'at', created, 'doc', doc)
  if expires == '1' then redis.call('PEXPIRE', root .. 'answer:' .. key, 90000000) end -- an hour after it counts as gone
end
