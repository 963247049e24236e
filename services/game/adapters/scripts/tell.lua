#!lua flags=allow-oom
-- TELL: appends one event to a turn's stream under the telling job's fence, and extends the job's lease.
-- KEYS  1 telling job  2 tellings zset  3 stream  4 rows  5 untold rows
-- ARGV  1 "game:number"  2 number  3 fence  4 k  5 event  6 data  7 lease ms
-- Gives OK | DUP | GAP k | FENCED | STOPPED
local job = redis.call('HMGET', KEYS[1], 'fence', 'stop')
if job[1] ~= ARGV[3] or not is_here(KEYS[4], KEYS[5], ARGV[2]) then return {'FENCED'} end
if job[2] and ARGV[5] == 'delta' then return {'STOPPED'} end
local k = last_k(KEYS[3], 0)
if tonumber(ARGV[4]) <= k then return {'DUP'} end
if tonumber(ARGV[4]) ~= k + 1 then return {'GAP', whole(k)} end
local lease = whole(clock() + ARGV[7])
append(KEYS[3], ARGV[4], ARGV[5], ARGV[6])
redis.call('HSET', KEYS[1], 'lease', lease)
redis.call('ZADD', KEYS[2], 'XX', lease, ARGV[1])
return {'OK'}
