#!lua flags=allow-oom
-- REFILL: has rows written once more that PostgreSQL had and has no longer, for it was restored from a backup.
-- KEYS  1 game  2 rows  3 untold rows  4 dirty zset
-- ARGV  1 game id  2 epoch  3 the number that PostgreSQL still has  4.. number, revision, row, number, revision, row, …
-- Gives OK | STALE
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return {'STALE'} end
for i = 4, #ARGV, 3 do
  redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1] .. ARGV[i + 2])
  redis.call('HDEL', KEYS[3], ARGV[i])
end
local persisted = tonumber(redis.call('HGET', KEYS[1], 'persisted'))
redis.call('HSET', KEYS[1], 'persisted', whole(math.min(persisted, ARGV[3])))
redis.call('ZADD', KEYS[4], 'NX', clock(), ARGV[1])
return {'OK'}
