#!lua flags=allow-oom
-- RENEW: extends the lease of a pending action or of a telling job.
-- KEYS  1 pending action or telling job  2 its zset
-- ARGV  1 member of the zset  2 fence  3 lease ms
-- Gives OK | FENCED
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[2] then return {'FENCED'} end
local lease = whole(clock() + ARGV[3])
redis.call('HSET', KEYS[1], 'lease', lease)
redis.call('ZADD', KEYS[2], 'XX', lease, ARGV[1])
return {'OK'}
