
-- A digit for each contact: whether it may be written to. Deleted ones stay here, also when they are erased.
local ids, digits = list(), {}
local suppressed = redis.call('EXISTS', root .. 'suppressed') == 1 and ask('HMGET', root .. 'suppressed', ids) or {}
for i = 1, #ids do digits[i] = suppressed[i] or '0' end
return table.concat(digits)
