
-- A digit for each contact: whether it may be written to; that of deleted ones for whoever is not there.
local ids, digits = list(), {}
local suppressed = redis.call('EXISTS', root .. 'suppressed') == 1 and ask('HMGET', root .. 'suppressed', ids) or {}
for i, living in ipairs(ask('ZMSCORE', root .. 'living', ids)) do digits[i] = living and (suppressed[i] or '0') or '3' end
return table.concat(digits)
