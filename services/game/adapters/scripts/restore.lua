#!lua
-- RESTORE: puts a game into Redis, a new one or one loaded from PostgreSQL. Refused when memory is full.
-- What is there stays: a loaded game only lends it its epoch, so that what it has beyond PostgreSQL can be written; and only a caller
-- who has seen that PostgreSQL is ahead of (epoch, number) may put the loaded one over it, with the pending action gone.
-- Untold rows get their telling job back, with a lease that has run out, and their stream begins again: above whatever was shown
-- before, so that who comes with an older place reads on from here.
-- KEYS  1 game  2 rows  3 idempotency keys  4 dirty zset  5 tellings zset  6 untold rows  7 pending action  8 pending zset
--       9 live zset  10 quarantine zset  11.. telling job and stream of each untold row
-- ARGV  1 game id  2 epoch  3 number  4 "new", "" (loaded), or the "epoch:number" to put it over
--       5 percent of memory for no new games  6 count of fields and values  then those of the game
--       then count of keys, and key, action hash, number, …  then count of rows, and number, revision, row, `accepted`, `resolved`, …
-- Gives OK | EXISTS | BEHIND (it is there, and PostgreSQL has rows it does not know of) | FULL
local here = redis.call('HMGET', KEYS[1], 'epoch', 'number', 'persisted', 'fence')
if here[1] and ARGV[4] ~= here[1] .. ':' .. here[2] then
  if ARGV[4] == 'new' or tonumber(here[1]) >= tonumber(ARGV[2]) then return {'EXISTS'} end
  if tonumber(here[3]) < tonumber(ARGV[3]) then return {'BEHIND'} end
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'fence', whole(math.max(here[4], ARGV[2] * 1000000)))
  return {'EXISTS'}
end
if ARGV[4] == 'new' and fullness() >= tonumber(ARGV[5]) then return {'FULL'} end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[6], KEYS[7])
for _, zset in ipairs({KEYS[4], KEYS[8], KEYS[10]}) do redis.call('ZREM', zset, ARGV[1]) end
local at = 7
local fields = tonumber(ARGV[6])
for i = at, at + fields - 1, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'fence', whole(math.max(here[4] or 0, ARGV[2] * 1000000)), 'seen', server())
local now = clock()
redis.call('ZADD', KEYS[9], now, ARGV[1])
at = at + fields
local keys = tonumber(ARGV[at])
for i = at + 1, at + keys, 3 do remember(KEYS[1], KEYS[3], ARGV[i], ARGV[i + 1], ARGV[i + 2], '0', keys) end
at = at + 1 + keys
local job = 11
local rows = tonumber(ARGV[at])
local target = KEYS[6]
if ARGV[4] == 'new' then
  target = KEYS[2]
  if rows > 0 then redis.call('ZADD', KEYS[4], now, ARGV[1]) end
end
for i = at + 1, at + rows, 5 do
  redis.call('HSET', target, ARGV[i], ARGV[i + 1] .. ARGV[i + 2])
  if ARGV[i + 1] == '1' then
    local k = math.max(last_k(KEYS[job + 1], ARGV[2]), ARGV[2] % 2000 * 1000000)
    for _, event in ipairs({{'accepted', ARGV[i + 3]}, {'resolved', ARGV[i + 4]}, {'reset', '{}'}}) do
      k = k + 1
      append(KEYS[job + 1], k, event[1], event[2])
    end
    redis.call('PERSIST', KEYS[job + 1])
    redis.call('DEL', KEYS[job])
    redis.call('HSET', KEYS[job], 'fence', '0', 'lease', '0', 'attempts', '0', 'prompt', '', 'nonce', '', 'k', whole(k))
    redis.call('ZADD', KEYS[5], 0, ARGV[1] .. ':' .. ARGV[i])
    job = job + 2
  end
end
return {'OK'}
