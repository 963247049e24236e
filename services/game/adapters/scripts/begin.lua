#!lua
-- BEGIN: stores an action as the game's pending one and grants the right to decide it. Refused when memory is full.
-- KEYS  1 game  2 pending action  3 idempotency keys  4 pending zset  5 stream of the next number  6 live zset
-- ARGV  1 game id  2 owner  3 key  4 action hash  5 action  6 expected number  7 lease ms  8 nonce of this call  9 `accepted` data
--       10 ms a turn  11 turns at once (0: as many as you like)  12 percent of memory for half the rate  13 for no new turns
-- Gives ABSENT | UNSEEN | NOT_OWNER | MISMATCH | DONE number k0 | RUNNING number k0 | CONFLICT number | BUSY ms
--     | CLOSED status ending | FULL | LIMITED ms | GRANTED fence k0 pack seed locale depth branch number state
local g = redis.call('HMGET', KEYS[1], 'owner', 'number', 'status', 'ending', 'pack', 'seed', 'locale', 'depth', 'branch', 'state',
  'epoch', 'seen', 'halted', 'tat')
if not g[1] then return {'ABSENT'} end
if g[12] ~= server() then return {'UNSEEN'} end
if g[1] ~= ARGV[2] then return {'NOT_OWNER'} end
local same, number, k = recall(KEYS[3], ARGV[3], ARGV[4])
if number then
  if not same then return {'MISMATCH'} end
  return {'DONE', number, k}
end
local now = clock()
local p = redis.call('HMGET', KEYS[2], 'key', 'hash', 'fence', 'lease', 'k0', 'nonce')
if p[1] == ARGV[3] then
  if p[2] ~= ARGV[4] then return {'MISMATCH'} end
  if p[6] == ARGV[8] then
    return {'GRANTED', p[3], p[5], g[5], g[6], g[7], g[8], g[9], g[2], g[10]}
  end
  return {'RUNNING', whole(g[2] + 1), p[5]}
end
if g[2] ~= ARGV[6] then return {'CONFLICT', g[2]} end
if p[1] then return {'BUSY', whole(math.max(p[4] - now, 0))} end
if g[13] == 'DIVERGED' then return {'CLOSED', g[13], ''} end
if g[3] ~= 'ACTIVE' then return {'CLOSED', g[3], g[4] or ''} end
local full = fullness()
if full >= tonumber(ARGV[13]) then return {'FULL'} end
local burst = tonumber(ARGV[11])
if burst > 0 then
  local interval = tonumber(ARGV[10])
  if full >= tonumber(ARGV[12]) then interval = interval * 2 end
  local tat, wait = paced(g[14], now, interval, burst)
  if not tat then return {'LIMITED', whole(wait)} end
  redis.call('HSET', KEYS[1], 'tat', whole(tat))
end
local k0 = last_k(KEYS[5], g[11]) + 1
local fence = whole(redis.call('HINCRBY', KEYS[1], 'fence', 1))
local lease = whole(now + ARGV[7])
redis.call('HSET', KEYS[2], 'key', ARGV[3], 'hash', ARGV[4], 'action', ARGV[5], 'fence', fence, 'lease', lease, 'k0', whole(k0),
  'nonce', ARGV[8], 'attempts', '1')
redis.call('ZADD', KEYS[4], lease, ARGV[1])
redis.call('ZADD', KEYS[6], now, ARGV[1])
append(KEYS[5], k0, 'accepted', ARGV[9])
redis.call('PERSIST', KEYS[5])
return {'GRANTED', fence, whole(k0), g[5], g[6], g[7], g[8], g[9], g[2], g[10]}
