#!lua
-- RESTORE: puts a game into Redis, a new one or one loaded from PostgreSQL; refuses one that is older than what is there.
-- Refused when memory is full. Untold rows get their telling job back, with a lease that has run out, and their stream begins again:
-- above whatever was shown before, so that who comes with an older place reads on from here.
-- KEYS  1 game  2 rows  3 idempotency keys  4 dirty zset  5 tellings zset  6.. telling job and stream of each untold row
-- ARGV  1 game id  2 epoch  3 number  4 count of fields and values  then those of the game
--       then count of keys, and key, value, …  then count of rows, and number, revision, row, `accepted`, `resolved`, …
-- Gives OK | EXISTS
local here = redis.call('HMGET', KEYS[1], 'epoch', 'number')
if here[1] then
  local e, n = tonumber(here[1]), tonumber(here[2])
  if e > tonumber(ARGV[2]) or (e == tonumber(ARGV[2]) and n >= tonumber(ARGV[3])) then return {'EXISTS'} end
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
local at = 5
local fields = tonumber(ARGV[4])
for i = at, at + fields - 1, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'fence', string.format('%d', ARGV[2] * 1000000))
at = at + fields
local keys = tonumber(ARGV[at])
for i = at + 1, at + keys, 2 do
  local seq = string.format('%d', redis.call('HINCRBY', KEYS[3], '#', 1))
  redis.call('HSET', KEYS[3], '=' .. ARGV[i], ARGV[i + 1], '#' .. seq, ARGV[i])
end
at = at + 1 + keys
local job = 6
local rows = tonumber(ARGV[at])
for i = at + 1, at + rows, 5 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1] .. ARGV[i + 2])
  if ARGV[i + 1] == '1' then
    local k = ARGV[2] * 1000000
    local last = redis.call('XREVRANGE', KEYS[job + 1], '+', '-', 'COUNT', 1)
    if last[1] then k = math.max(k, tonumber(string.match(last[1][1], '^%d+'))) end
    for _, event in ipairs({{'accepted', ARGV[i + 3]}, {'resolved', ARGV[i + 4]}, {'reset', '{}'}}) do
      k = k + 1
      redis.call('XADD', KEYS[job + 1], string.format('%d', k) .. '-0', 'e', event[1], 'd', event[2])
    end
    redis.call('HSET', KEYS[job], 'fence', '0', 'lease', '0', 'attempts', '0', 'prompt', '', 'nonce', '', 'k', string.format('%d', k))
    redis.call('ZADD', KEYS[5], 0, ARGV[1] .. ':' .. ARGV[i])
    job = job + 2
  end
end
if rows > 0 then redis.call('ZADD', KEYS[4], 'NX', redis.call('TIME')[1] * 1000, ARGV[1]) end
return {'OK'}
