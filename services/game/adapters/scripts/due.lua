#!lua flags=no-writes
-- DUE: the members of sorted sets of times that came by a while ago, the longest ago first.
-- KEYS  the sorted sets
-- ARGV  1 how long ago, ms  2 at most so many of each
-- Gives for each set that has any: its place among KEYS, then members and scores
local latest = clock() - ARGV[1]
local answer = {}
for place, zset in ipairs(KEYS) do
  local found = redis.call('ZRANGE', zset, '-inf', latest, 'BYSCORE', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
  if found[1] then answer[#answer + 1] = {place, found} end
end
return answer
