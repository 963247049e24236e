#!lua flags=allow-oom
-- TAKEOVER: gives a pending action or a telling job whose lease ran out to the caller, under a new fence.
-- KEYS  1 pending action or telling job  2 its zset  3 game  4 rows  5 untold rows
-- ARGV  1 member of the zset  2 lease ms  3 number of the row to tell; empty: an action
-- Gives GONE | UNSEEN | HELD | TAKEN fence attempts then the fields and values of the hash as it was
local had = redis.call('HGETALL', KEYS[1])
local seen = redis.call('HGET', KEYS[3], 'seen')
if not had[1] or not seen or (ARGV[3] ~= '' and not is_here(KEYS[4], KEYS[5], ARGV[3])) then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {'GONE'}
end
if seen ~= server() then return {'UNSEEN'} end
local now = clock()
if tonumber(redis.call('HGET', KEYS[1], 'lease')) > now then return {'HELD'} end
local fence = whole(redis.call('HINCRBY', KEYS[3], 'fence', 1))
local attempts = whole(redis.call('HINCRBY', KEYS[1], 'attempts', 1))
local lease = whole(now + ARGV[2])
-- The nonce goes: whoever had it and asks again, not having heard the answer, is not given the new fence.
redis.call('HSET', KEYS[1], 'fence', fence, 'lease', lease, 'nonce', '')
redis.call('ZADD', KEYS[2], lease, ARGV[1])
local answer = {'TAKEN', fence, attempts}
for i = 1, #had do answer[#answer + 1] = had[i] end
return answer
