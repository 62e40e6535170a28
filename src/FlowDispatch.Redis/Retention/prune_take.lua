
-- Takes an execution away, or finds it taken away before: {0} where it stays, {1, whether it was just now, its fields}, {2}
-- where there is none. From here on nobody reads it, and nothing changes it: whoever read it before finds another version.
local before, organization = take(), take() -- no instant: only one that was taken away before
local fields = list()
local head = redis.call('HMGET', root .. 'h', 'version', 'pruned', 'born', 'status', 'ended', 'organization', '#in_doubt', '#open', 'owes_returns')
if not head[1] then return {2} end
local fresh = 0
if not head[2] then
  local status = head[4]
  if before == '' or head[3] ~= '1' or (status ~= '3' and status ~= '4' and status ~= '5') then return {0} end
  if not head[5] or tonumber(head[5]) >= tonumber(before) or (organization ~= '' and head[6] ~= organization) then return {0} end
  if tonumber(head[7] or '0') > 0 or (status ~= '4' and tonumber(head[8] or '0') > 0) or redis.call('EXISTS', root .. 'leases') == 1 then return {0} end
  if head[9] == '1' then return {0} end
  redis.call('HSET', root .. 'h', 'pruned', '0')
  redis.call('HINCRBY', root .. 'h', 'version', 1)
  fresh = 1
end
return {1, fresh, redis.call('HMGET', root .. 'h', unpack(fields))}
