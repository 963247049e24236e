#!lua
-- BEGIN: stores an action as the game's pending one and grants the right to decide it. Refused when memory is full.
-- KEYS  1 game  2 pending action  3 idempotency keys  4 pending zset  5 stream of the next number
-- ARGV  1 game id  2 owner  3 key  4 action hash  5 action  6 expected number  7 lease ms  8 nonce of this call  9 `accepted` data
-- Gives ABSENT | NOT_OWNER | MISMATCH | DONE number k0 answer | RUNNING number k0 | CONFLICT number | BUSY ms
--     | CLOSED status ending | GRANTED fence k0 pack seed locale depth branch number state
local g = redis.call('HMGET', KEYS[1], 'owner', 'number', 'status', 'ending', 'pack', 'seed', 'locale', 'depth', 'branch', 'state')
if not g[1] then return {'ABSENT'} end
if g[1] ~= ARGV[2] then return {'NOT_OWNER'} end
local known = redis.call('HGET', KEYS[3], '=' .. ARGV[3])
if known then
  local hash, number, k0, at = string.match(known, '^(%x+):(%-?%d+):(%d+):()')
  if hash ~= ARGV[4] then return {'MISMATCH'} end
  return {'DONE', number, k0, string.sub(known, at)}
end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local p = redis.call('HMGET', KEYS[2], 'key', 'hash', 'fence', 'lease', 'k0', 'nonce')
if p[1] == ARGV[3] then
  if p[2] ~= ARGV[4] then return {'MISMATCH'} end
  if p[6] == ARGV[8] then
    return {'GRANTED', p[3], p[5], g[5], g[6], g[7], g[8], g[9], g[2], g[10]}
  end
  return {'RUNNING', string.format('%d', g[2] + 1), p[5]}
end
if g[2] ~= ARGV[6] then return {'CONFLICT', g[2]} end
if p[1] then return {'BUSY', string.format('%d', math.max(p[4] - now, 0))} end
if g[3] ~= 'ACTIVE' then return {'CLOSED', g[3], g[4] or ''} end
local last = redis.call('XREVRANGE', KEYS[5], '+', '-', 'COUNT', 1)
local k0 = 1
if last[1] then k0 = tonumber(string.match(last[1][1], '^%d+')) + 1 end
k0 = string.format('%d', k0)
local fence = string.format('%d', redis.call('HINCRBY', KEYS[1], 'fence', 1))
local lease = string.format('%d', now + ARGV[7])
redis.call('HSET', KEYS[2], 'key', ARGV[3], 'hash', ARGV[4], 'action', ARGV[5], 'fence', fence, 'lease', lease, 'k0', k0,
  'nonce', ARGV[8], 'attempts', '1')
redis.call('ZADD', KEYS[4], lease, ARGV[1])
redis.call('XADD', KEYS[5], k0 .. '-0', 'e', 'accepted', 'd', ARGV[9])
return {'GRANTED', fence, k0, g[5], g[6], g[7], g[8], g[9], g[2], g[10]}
