#!lua flags=allow-oom
-- REQUEUE: puts a game that was set aside back among those to be written.
-- KEYS  1 game  2 dirty zset  3 quarantine zset  4 rows
-- ARGV  1 game id
-- Gives OK | ABSENT
if redis.call('EXISTS', KEYS[1]) == 0 then return {'ABSENT'} end
redis.call('HDEL', KEYS[1], 'halted')
redis.call('ZREM', KEYS[3], ARGV[1])
if redis.call('EXISTS', KEYS[4]) == 1 then redis.call('ZADD', KEYS[2], 'NX', clock(), ARGV[1]) end
return {'OK'}
