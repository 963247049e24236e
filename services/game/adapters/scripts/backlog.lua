#!lua flags=no-writes
-- BACKLOG: a game and its rows that are to be written, of one moment.
-- KEYS  1 game  2 rows
-- Gives which server this is, fields and values of the game, fields and values of the rows
return {server(), redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
