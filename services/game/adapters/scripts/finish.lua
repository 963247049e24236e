#!lua flags=allow-oom
-- FINISH: writes a row's second revision, the told one, and closes its telling job.
-- KEYS  1 telling job  2 tellings zset  3 stream  4 rows  5 dirty zset
-- ARGV  1 game id  2 number  3 fence  4 row  5.. event, data, event, data, …
-- Gives OK k | DONE | FENCED
local fence = redis.call('HGET', KEYS[1], 'fence')
if not fence and string.sub(redis.call('HGET', KEYS[4], ARGV[2]) or '', 1, 1) == '2' then return {'DONE'} end
if fence ~= ARGV[3] then return {'FENCED'} end
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
local k = 0
if last[1] then k = tonumber(string.match(last[1][1], '^%d+')) end
redis.call('HSET', KEYS[4], ARGV[2], '2' .. ARGV[4])
redis.call('ZADD', KEYS[5], 'NX', redis.call('TIME')[1] * 1000, ARGV[1])
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1] .. ':' .. ARGV[2])
for i = 5, #ARGV, 2 do
  k = k + 1
  redis.call('XADD', KEYS[3], string.format('%d', k) .. '-0', 'e', ARGV[i], 'd', ARGV[i + 1])
end
return {'OK', string.format('%d', k)}
