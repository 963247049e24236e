-- What the scripts have in common; it stands behind the first line of each.

local function whole(number) return string.format('%d', number) end

-- Milliseconds since the epoch by the server's clock: no caller's is trusted.
local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- What a server says of itself under a name. A name that is found as it stands is found ten times as fast as by a pattern.
local function said(info, name)
  local _, at = string.find(info, name .. ':', 1, true)
  return string.match(info, '^%x+', at + 1)
end

-- Which server this is: another run of it, or another that was promoted, may hold an older copy of the data.
local function server()
  local info = redis.call('INFO', 'server', 'replication')
  return said(info, 'run_id') .. ':' .. said(info, 'master_replid')
end

-- How full the server's memory is, in percent; 0 where it has no limit.
local function fullness()
  local info = redis.call('INFO', 'memory')
  local limit = tonumber(said(info, 'maxmemory'))
  if limit == 0 then return 0 end
  return (said(info, 'used_memory') - said(info, 'mem_not_counted_for_evict')) * 100 / limit
end

-- The place of a stream's last event. One that begins anew does so above all that an earlier epoch may have shown.
local function last_k(stream, epoch)
  local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)
  if last[1] then return tonumber(string.match(last[1][1], '^%d+')) end
  return epoch % 2000 * 1000000
end

local function append(stream, k, event, data)
  redis.call('XADD', stream, whole(k) .. '-0', 'e', event, 'd', data)
end

-- Forgets the oldest of a hash's fields beyond `kept`; their values begin with the number of their turn.
local function forget(hash, kept)
  if redis.call('HLEN', hash) <= kept then return end
  local all, oldest, lowest = redis.call('HGETALL', hash), nil, math.huge
  for i = 1, #all, 2 do
    local seq = tonumber(string.match(all[i + 1], '^%d+'))
    if seq < lowest then oldest, lowest = all[i], seq end
  end
  redis.call('HDEL', hash, oldest)
end

-- Remembers what an idempotency key came to: the number of a turn, or, negative, the one that an answer would have had that spent none.
local function remember(game, hash, key, action, number, k0, kept)
  local seq = redis.call('HINCRBY', game, 'keys', 1)
  redis.call('HSET', hash, key, whole(seq) .. ':' .. string.sub(action, 1, 16) .. ':' .. number .. ':' .. k0)
  forget(hash, tonumber(kept))
end

-- What a key came to: whether it was for this action, its number and the place of its first event; nothing where it is not known.
local function recall(hash, key, action)
  local known = redis.call('HGET', hash, key)
  if not known then return nil end
  local had, number, k0 = string.match(known, '^%d+:(%x+):(%-?%d+):(%d+)$')
  return had == string.sub(action, 1, 16), number, k0
end

-- Whether a row is here, to be written or to be told; else it is not of this game any more, whatever job there is for it.
local function is_here(rows, untold, number)
  return redis.call('HEXISTS', rows, number) == 1 or redis.call('HEXISTS', untold, number) == 1
end

-- Paces by GCRA: the new reading of a meter that stands at `tat`, or nothing and the milliseconds to wait.
local function paced(tat, now, interval, burst)
  tat = math.max(tonumber(tat or 0), now)
  local early = tat - now - (burst - 1) * interval
  if early > 0 then return nil, math.ceil(early) end
  return tat + interval, 0
end
