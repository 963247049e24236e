#!lua flags=allow-oom
-- FINISH: writes a row's second revision, the told one, and closes its telling job. Its events may have the last of the telling: whose player
-- wants no more of it is to be told as far as it was shown. The last event is `told`, and its data is the row.
-- KEYS  1 telling job  2 tellings zset  3 stream  4 rows  5 dirty zset  6 untold rows  7 game
-- ARGV  1 game id  2 number  3 fence  4.. event, data, event, data, …
-- Gives OK k, which server this is, fields and values of the game, the other rows that are to be written; of many rows, OK k alone
--     | DONE | FENCED | STOPPED
local job = redis.call('HMGET', KEYS[1], 'fence', 'stop')
local row = redis.call('HGET', KEYS[4], ARGV[2])
if not job[1] and (row and string.sub(row, 1, 1) == '2') then return {'DONE'} end
if job[1] ~= ARGV[3] or not is_here(KEYS[4], KEYS[6], ARGV[2]) then return {'FENCED'} end
for i = 4, #ARGV, 2 do
  if job[2] and ARGV[i] == 'delta' then return {'STOPPED'} end
end
local k = last_k(KEYS[3], 0)
redis.call('HSET', KEYS[4], ARGV[2], '2' .. ARGV[#ARGV])
redis.call('HDEL', KEYS[6], ARGV[2])
if redis.call('HEXISTS', KEYS[7], 'halted') == 0 then redis.call('ZADD', KEYS[5], 'NX', clock(), ARGV[1]) end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1] .. ':' .. ARGV[2])
for i = 4, #ARGV, 2 do
  k = k + 1
  append(KEYS[3], k, ARGV[i], ARGV[i + 1])
end
local numbers = redis.call('HKEYS', KEYS[4])
if #numbers > 8 then return {'OK', whole(k)} end
local others = {}
for _, number in ipairs(numbers) do
  if number ~= ARGV[2] then table.insert(others, redis.call('HGET', KEYS[4], number)) end
end
return {'OK', whole(k), server(), redis.call('HGETALL', KEYS[7]), others}
