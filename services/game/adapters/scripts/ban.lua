#!lua flags=allow-oom
-- BAN: has sessions know whether their player is banned; those that have gone meanwhile stay gone.
-- KEYS  the sessions
-- ARGV  1 whether the player is banned (1 or 0)
-- Gives OK
for _, session in ipairs(KEYS) do
  if redis.call('EXISTS', session) == 1 then redis.call('HSET', session, 'banned', ARGV[1]) end
end
return {'OK'}
