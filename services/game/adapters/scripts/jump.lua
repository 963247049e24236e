#!lua
-- JUMP: makes a change of a game that no action decided (an undo, a branch activated, a save loaded, an operator's deed) a fact, in one go.
-- It needs no telling. Refused when memory is full.
-- KEYS  1 game  2 pending action  3 idempotency keys  4 rows  5 dirty zset  6 live zset  7 stream of the next number
-- ARGV  1 game id  2 owner  3 key  4 action hash  5 expected number  6 row  7 state  8 state hash  9 status  10 ending  11 depth
--       12 branch  13 now, ms since the epoch (the row's own time)  14 keys kept  15 statuses it may be made in, as " ACTIVE ENDED "
-- Gives OK number | ABSENT | UNSEEN | NOT_OWNER | MISMATCH | DONE number | CONFLICT number | BUSY ms | CLOSED status ending
local g = redis.call('HMGET', KEYS[1], 'owner', 'number', 'status', 'ending', 'seen', 'halted')
if not g[1] then return {'ABSENT'} end
if g[5] ~= server() then return {'UNSEEN'} end
if g[1] ~= ARGV[2] then return {'NOT_OWNER'} end
local same, done = recall(KEYS[3], ARGV[3], ARGV[4])
if done then
  if not same then return {'MISMATCH'} end
  return {'DONE', done}
end
if g[2] ~= ARGV[5] then return {'CONFLICT', g[2]} end
local now = clock()
local lease = redis.call('HGET', KEYS[2], 'lease')
if lease then return {'BUSY', whole(math.max(lease - now, 0))} end
if g[6] == 'DIVERGED' then return {'CLOSED', g[6], ''} end
if not string.find(ARGV[15], ' ' .. g[3] .. ' ', 1, true) then return {'CLOSED', g[3], g[4] or ''} end
local number = whole(g[2] + 1)
redis.call('HSET', KEYS[1], 'number', number, 'state', ARGV[7], 'hash', ARGV[8], 'status', ARGV[9], 'ending', ARGV[10],
  'depth', ARGV[11], 'branch', ARGV[12], 'updated', ARGV[13])
redis.call('HSET', KEYS[4], number, '2' .. ARGV[6])
remember(KEYS[1], KEYS[3], ARGV[3], ARGV[4], number, '1', ARGV[14])
-- What was answered under this number without spending it is no telling of the jump.
redis.call('DEL', KEYS[7])
redis.call('ZADD', KEYS[6], now, ARGV[1])
if not g[6] then redis.call('ZADD', KEYS[5], 'NX', now, ARGV[1]) end
return {'OK', number}
