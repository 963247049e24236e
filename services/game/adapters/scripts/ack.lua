#!lua flags=allow-oom
-- ACK: forgets exactly the revisions of rows that PostgreSQL has; a game with none left is no longer dirty.
-- A row that is still to be told moves to the untold ones, so that its telling never needs PostgreSQL.
-- KEYS  1 game  2 rows  3 dirty zset  4 untold rows  5.. the streams of the rows, in the order of ARGV
-- ARGV  1 game id  2 epoch  3 seconds a shown stream is kept  4.. number, revision, number, revision, …
-- Gives OK rows-left | STALE
local g = redis.call('HMGET', KEYS[1], 'epoch', 'persisted')
if g[1] ~= ARGV[2] then return {'STALE'} end
local persisted = tonumber(g[2])
local stream = 5
for i = 4, #ARGV, 2 do
  local row = redis.call('HGET', KEYS[2], ARGV[i])
  persisted = math.max(persisted, tonumber(ARGV[i]))
  if row and string.sub(row, 1, 1) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[2], ARGV[i])
    if ARGV[i + 1] == '1' then redis.call('HSET', KEYS[4], ARGV[i], row) end
  end
  if ARGV[i + 1] == '2' then redis.call('EXPIRE', KEYS[stream], ARGV[3]) end
  stream = stream + 1
end
redis.call('HSET', KEYS[1], 'persisted', whole(persisted))
local left = redis.call('HLEN', KEYS[2])
if left == 0 then redis.call('ZREM', KEYS[3], ARGV[1]) end
return {'OK', whole(left)}
