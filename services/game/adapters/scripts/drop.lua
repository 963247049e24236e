#!lua flags=allow-oom
-- DROP: forgets an erased game wholly: whatever is still under way of it finds nothing to write to. Who follows a turn that has not come to
-- its end is told so by a last event, `erased`, which soon goes too.
-- KEYS  1 game  2 pending action  3 idempotency keys  4 rows  5 untold rows  6 dirty  7 pending  8 tellings  9 live  10 quarantine zsets
--       11.. telling job and stream of each number, from 0
-- ARGV  1 game id  2 the last of these numbers  3 seconds that a last event stays
-- Gives OK | MORE number
local number = redis.call('HGET', KEYS[1], 'number')
-- A turn under way has the stream of the next number.
if number and tonumber(number) + 1 > tonumber(ARGV[2]) then return {'MORE', number} end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
for _, zset in ipairs({KEYS[6], KEYS[7], KEYS[9], KEYS[10]}) do redis.call('ZREM', zset, ARGV[1]) end
for n = 0, tonumber(ARGV[2]) do
  local job, stream = KEYS[11 + 2 * n], KEYS[12 + 2 * n]
  redis.call('DEL', job)
  redis.call('ZREM', KEYS[8], ARGV[1] .. ':' .. whole(n))
  local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)
  local event = last[1] and last[1][2][2]
  if event and event ~= 'erased' then
    redis.call('DEL', stream)
    if event ~= 'told' and event ~= 'settled' then
      append(stream, tonumber(string.match(last[1][1], '^%d+')) + 1, 'erased', '{}')
      redis.call('EXPIRE', stream, ARGV[3])
    end
  end
end
return {'OK'}
