#!lua flags=allow-oom
-- STOP: marks a telling job so that its next TELL answers STOPPED. Stopping what is told already is stopping.
-- KEYS  1 telling job
-- Gives OK | TOLD
if redis.call('EXISTS', KEYS[1]) == 0 then return {'TOLD'} end
redis.call('HSET', KEYS[1], 'stop', '1')
return {'OK'}
