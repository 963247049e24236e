#!lua flags=allow-oom
-- TAKEOVER: gives a pending action or a telling job whose lease ran out to the caller, under a new fence.
-- KEYS  1 pending action or telling job  2 its zset  3 game
-- ARGV  1 member of the zset  2 lease ms
-- Gives GONE | HELD | TAKEN fence attempts then the fields and values of the hash as it was
local had = redis.call('HGETALL', KEYS[1])
if not had[1] or redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {'GONE'}
end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if tonumber(redis.call('HGET', KEYS[1], 'lease')) > now then return {'HELD'} end
local fence = string.format('%d', redis.call('HINCRBY', KEYS[3], 'fence', 1))
local attempts = string.format('%d', redis.call('HINCRBY', KEYS[1], 'attempts', 1))
local lease = string.format('%d', now + ARGV[2])
redis.call('HSET', KEYS[1], 'fence', fence, 'lease', lease)
redis.call('ZADD', KEYS[2], lease, ARGV[1])
local answer = {'TAKEN', fence, attempts}
for i = 1, #had do answer[#answer + 1] = had[i] end
return answer
