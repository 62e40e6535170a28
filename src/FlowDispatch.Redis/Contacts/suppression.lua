
-- A digit for each contact: whether it may be written to; that of deleted ones for whoever is not there.
local ids, digits = list(), {}
for i, record in ipairs(ask('HMGET', root .. 'contacts', ids)) do digits[i] = record and string.sub(record, 1, 1) or '3' end
return table.concat(digits)
