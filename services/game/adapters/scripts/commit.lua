#!lua flags=allow-oom
-- COMMIT: makes a decided turn a fact and opens its telling job.
-- KEYS  1 game  2 pending action  3 idempotency keys  4 pending zset  5 rows  6 dirty zset  7 telling job  8 tellings zset  9 stream
-- ARGV  1 game id  2 fence  3 key  4 action hash  5 number  6 row  7 state  8 state hash  9 status  10 ending  11 depth
--       12 telling lease ms  13 nonce  14 prompt  15 `resolved` data  16 now, ms since the epoch (the row's own time)  17 keys kept
-- Gives OK job-fence k | DONE number | FENCED | CONFLICT number | ABSENT
local g = redis.call('HMGET', KEYS[1], 'number', 'epoch', 'halted')
if not g[1] then return {'ABSENT'} end
local same, number = recall(KEYS[3], ARGV[3], ARGV[4])
if number then
  local job = redis.call('HMGET', KEYS[7], 'nonce', 'fence', 'k')
  if job[1] == ARGV[13] then return {'OK', job[2], job[3]} end
  return {'DONE', number}
end
local p = redis.call('HMGET', KEYS[2], 'fence', 'key', 'k0')
if p[1] ~= ARGV[2] or p[2] ~= ARGV[3] then return {'FENCED'} end
if tonumber(g[1]) + 1 ~= tonumber(ARGV[5]) then return {'CONFLICT', g[1]} end
local now = clock()
local k = whole(last_k(KEYS[9], g[2]) + 1)
local fence = whole(redis.call('HINCRBY', KEYS[1], 'fence', 1))
redis.call('HSET', KEYS[1], 'number', ARGV[5], 'state', ARGV[7], 'hash', ARGV[8], 'status', ARGV[9], 'ending', ARGV[10],
  'depth', ARGV[11], 'updated', ARGV[16])
redis.call('HSET', KEYS[5], ARGV[5], '1' .. ARGV[6])
remember(KEYS[1], KEYS[3], ARGV[3], ARGV[4], ARGV[5], p[3], ARGV[17])
redis.call('DEL', KEYS[2])
redis.call('ZREM', KEYS[4], ARGV[1])
if not g[3] then redis.call('ZADD', KEYS[6], 'NX', now, ARGV[1]) end
local lease = whole(now + ARGV[12])
redis.call('HSET', KEYS[7], 'fence', fence, 'lease', lease, 'attempts', '1', 'nonce', ARGV[13], 'k', k, 'prompt', ARGV[14])
redis.call('ZADD', KEYS[8], lease, ARGV[1] .. ':' .. ARGV[5])
append(KEYS[9], k, 'resolved', ARGV[15])
return {'OK', fence, k}
