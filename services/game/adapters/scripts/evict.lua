#!lua flags=allow-oom
-- EVICT: lets a game go that PostgreSQL has wholly: the only way a game leaves Redis. What was shown of it stays for a while.
-- KEYS  1 game  2 pending action  3 idempotency keys  4 rows  5 untold rows  6 live zset  7 quarantine zset
--       8 stream of the last number  9 stream of the next
-- ARGV  1 game id  2 number  3 only if last played before, ms since the epoch  4 seconds its streams are kept
-- Gives OK | ABSENT | DECIDING | DIRTY | TELLING | PLAYED
local g = redis.call('HMGET', KEYS[1], 'number', 'persisted')
if not g[1] then
  redis.call('ZREM', KEYS[6], ARGV[1])
  return {'ABSENT'}
end
if redis.call('EXISTS', KEYS[2]) == 1 then return {'DECIDING'} end
if redis.call('EXISTS', KEYS[4]) == 1 or g[1] ~= g[2] then return {'DIRTY'} end
if redis.call('EXISTS', KEYS[5]) == 1 then return {'TELLING'} end
if g[1] ~= ARGV[2] or tonumber(redis.call('ZSCORE', KEYS[6], ARGV[1]) or 0) >= tonumber(ARGV[3]) then return {'PLAYED'} end
redis.call('DEL', KEYS[1], KEYS[3])
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('ZREM', KEYS[7], ARGV[1])
redis.call('EXPIRE', KEYS[8], ARGV[4], 'NX')
redis.call('EXPIRE', KEYS[9], ARGV[4], 'NX')
return {'OK'}
