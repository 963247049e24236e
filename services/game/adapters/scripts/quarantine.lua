#!lua flags=allow-oom
-- QUARANTINE: sets a game aside whose log PostgreSQL can't take; one that DIVERGED takes no more turns either.
-- KEYS  1 game  2 dirty zset  3 quarantine zset
-- ARGV  1 game id  2 epoch  3 outcome
-- Gives OK | STALE
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return {'STALE'} end
redis.call('HSET', KEYS[1], 'halted', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], clock(), ARGV[1])
return {'OK'}
