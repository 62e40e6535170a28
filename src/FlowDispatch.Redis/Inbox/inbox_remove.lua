
-- Of packs all of whose entries are named nothing is left; answered are the other packs that entries are of. The entries that
-- are named beside them are kept one by one: only of those that were put off are the attempts counted that they name.
local packs, unknown = list(), {} -- number and how many of it
for i = 1, #packs, 2 do
  if redis.call('ZREM', root .. 'packs', string.format('%016d:%s', packs[i], packs[i + 1])) == 1 then
    redis.call('HDEL', root .. 'pack', packs[i])
  else
    unknown[#unknown + 1] = packs[i]
  end
end
local ids, put_off = list(), {}
if #ids > 0 and redis.call('ZCARD', root .. 'new') < redis.call('HLEN', root .. 'entries') then
  for i, new in ipairs(ask('ZMSCORE', root .. 'new', ids)) do
    if not new then put_off[#put_off + 1] = ids[i] end
  end
end
for _, entry in ipairs(ask('HMGET', root .. 'entries', put_off)) do
  local attempt = string.match(entry or '', '^%d+|[^|]*|([^|]*)|')
  if attempt and attempt ~= '' and redis.call('HINCRBY', root .. 'named', attempt, -1) <= 0 then
    redis.call('HDEL', root .. 'named', attempt)
  end
end
many('HDEL', root .. 'entries', ids)
many('ZREM', root .. 'due', ids)
many('ZREM', root .. 'new', ids)
return unknown
