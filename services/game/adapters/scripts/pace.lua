#!lua flags=allow-oom
-- PACE: whether a player may ask for one more turn. The same request again costs nothing.
-- KEYS  1 the player's rate
-- ARGV  1 request (a hash)  2 ms a turn  3 turns at once  4 requests kept
-- Gives OK | LIMITED ms
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return {'OK'} end
local now = clock()
local tat, wait = paced(redis.call('HGET', KEYS[1], 'tat'), now, tonumber(ARGV[2]), tonumber(ARGV[3]))
if not tat then return {'LIMITED', whole(wait)} end
redis.call('HSET', KEYS[1], 'tat', whole(tat), ARGV[1], whole(now))
-- The reading is ahead of every request's time, so it is never the oldest.
forget(KEYS[1], tonumber(ARGV[4]))
redis.call('PEXPIRE', KEYS[1], whole(tat - now + 60000))
return {'OK'}
