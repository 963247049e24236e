#!lua flags=no-writes
-- SAFE: whether PostgreSQL has a row as it was told at the place k of its stream, or, where the stream was let go, as it is.
-- KEYS  1 game  2 rows  3 untold rows  4 stream
-- ARGV  1 number  2 k
-- Gives 1 | 0
local persisted = redis.call('HGET', KEYS[1], 'persisted')
if not persisted or tonumber(persisted) < tonumber(ARGV[1]) or is_here(KEYS[2], KEYS[3], ARGV[1]) then return 0 end
local last = redis.call('XREVRANGE', KEYS[4], '+', '-', 'COUNT', 1)
if last[1] and last[1][1] ~= ARGV[2] .. '-0' then return 0 end
return 1
