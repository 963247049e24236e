#!lua flags=allow-oom
-- TELL: appends one event to a turn's stream under the telling job's fence, and extends the job's lease.
-- KEYS  1 telling job  2 tellings zset  3 stream
-- ARGV  1 "game:number"  2 fence  3 k  4 event  5 data  6 lease ms
-- Gives OK | DUP | GAP k | FENCED | STOPPED
local job = redis.call('HMGET', KEYS[1], 'fence', 'stop')
if job[1] ~= ARGV[2] then return {'FENCED'} end
if job[2] and ARGV[4] == 'delta' then return {'STOPPED'} end
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
local k = 0
if last[1] then k = tonumber(string.match(last[1][1], '^%d+')) end
if tonumber(ARGV[3]) <= k then return {'DUP'} end
if tonumber(ARGV[3]) ~= k + 1 then return {'GAP', string.format('%d', k)} end
local t = redis.call('TIME')
local lease = string.format('%d', t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[6])
redis.call('XADD', KEYS[3], ARGV[3] .. '-0', 'e', ARGV[4], 'd', ARGV[5])
redis.call('HSET', KEYS[1], 'lease', lease)
redis.call('ZADD', KEYS[2], 'XX', lease, ARGV[1])
return {'OK'}
