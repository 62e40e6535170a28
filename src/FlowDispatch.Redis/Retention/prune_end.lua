
-- The last of an execution.
for _, name in ipairs({'x', 'due', 'held', 'free', 'out', 'leases', 'commits', 'h'}) do redis.call('UNLINK', root .. name) end
return 1
