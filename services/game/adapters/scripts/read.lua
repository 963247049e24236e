#!lua flags=no-writes
-- READ: a game.
-- KEYS  1 game
-- Gives which server this is, fields and values of the game
return {server(), redis.call('HGETALL', KEYS[1])}
