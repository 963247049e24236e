#!lua flags=allow-oom
-- SEEN: keeps that this server's copy of a game was compared with PostgreSQL, or that it could not be and is played on all the same.
-- KEYS  1 game
-- ARGV  1 epoch  2 number  3 doubt (1: the comparison is still to be made, 0: it was made)
-- Gives OK | ABSENT | PLAYED
local g = redis.call('HMGET', KEYS[1], 'epoch', 'number')
if not g[1] then return {'ABSENT'} end
if g[1] ~= ARGV[1] or g[2] ~= ARGV[2] then return {'PLAYED'} end
redis.call('HSET', KEYS[1], 'seen', server(), 'doubt', ARGV[3])
return {'OK'}
