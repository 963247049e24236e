#!lua flags=allow-oom
-- ABORT: answers the pending action without spending a turn (a refusal, a question back, a free look) and gives up its lease.
-- The key leads to the answer in the stream, unless it is not to be kept: then the key may be used again. The number stays as it was.
-- KEYS  1 game  2 pending action  3 idempotency keys  4 pending zset  5 stream
-- ARGV  1 game id  2 fence  3 key  4 action hash  5 number it would have had  6 keys kept  7 keep (1 or 0)  8 events kept
--       9.. event, data, event, data, …
-- Gives OK | DONE | FENCED | ABSENT
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return {'ABSENT'} end
if redis.call('HEXISTS', KEYS[3], ARGV[3]) == 1 then return {'DONE'} end
local p = redis.call('HMGET', KEYS[2], 'fence', 'key', 'k0')
if p[1] ~= ARGV[2] or p[2] ~= ARGV[3] then return {'FENCED'} end
local k = last_k(KEYS[5], epoch)
if ARGV[7] == '1' then remember(KEYS[1], KEYS[3], ARGV[3], ARGV[4], '-' .. ARGV[5], p[3], ARGV[6]) end
redis.call('DEL', KEYS[2])
redis.call('ZREM', KEYS[4], ARGV[1])
for i = 9, #ARGV, 2 do
  k = k + 1
  append(KEYS[5], k, ARGV[i], ARGV[i + 1])
end
redis.call('XTRIM', KEYS[5], 'MAXLEN', '=', ARGV[8])
return {'OK'}
