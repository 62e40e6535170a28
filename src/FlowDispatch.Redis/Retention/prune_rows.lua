
-- Deletes chunks of an execution that was taken away; 0 where somebody else did.
local first, last = tonumber(take()), tonumber(take())
if redis.call('HGET', root .. 'h', 'pruned') ~= text(first) then return 0 end
for chunk = first, last do
  redis.call('UNLINK', root .. 's:' .. chunk, root .. 'r:' .. chunk, root .. 'm:' .. chunk, root .. 'i:' .. chunk, root .. 'e:' .. chunk)
end
redis.call('HSET', root .. 'h', 'pruned', text(last + 1))
return 1
