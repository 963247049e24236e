"""What Redis holds, read: games, rows, backlogs, streams. Nothing here changes anything.

redis-py types answers as bytes or str; with its defaults, which are ours, they are bytes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import cast

from redis.asyncio.cluster import RedisCluster

from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, fullest_percent, now_ms, translated
from services.game.adapters.scripts import script
from services.game.stored import TOLD, Backlog, Entry, LiveGame, Row, game_as_kept, row_as_kept, row_from_bytes

RawEntry = tuple[bytes, dict[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What is waiting for a new worker: games with a pending action, and (game, number) of rows to tell."""

    actions: tuple[str, ...]
    tellings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many games Redis holds, and how they stand with PostgreSQL."""

    live: int
    dirty: int
    quarantined: int
    dirty_since_ms: int | None
    """Since when (milliseconds since the epoch) the one that waits longest has; None: none waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The fence last given of a game, and when the lease of its pending action ends; None: none is pending."""

    fence: int
    lease_end_time: datetime | None


class RedisReads:
    """Every method may raise Unavailable(STORE_UNAVAILABLE)."""

    def __init__(self, client: Redis) -> None:
        self._redis = client
        self._read = script(client, "read")
        self._backlog = script(client, "backlog")
        self._safe = script(client, "safe")
        self._due_script = script(client, "due")

    async def game(self, game_id: str) -> LiveGame | None:
        """The live game; None: it is not in Redis."""
        with translated():
            server, fields = await self._read(keys=[keys.game(game_id)])
        return game_as_kept(game_id, server, fields) if fields else None

    async def row(self, game_id: str, number: int) -> Row | None:
        """A row that PostgreSQL does not wholly have; None: it has, or there is none."""
        with translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hget(keys.rows(game_id), str(number))
                pipe.hget(keys.untold(game_id), str(number))
                unsaved, untold = cast("list[bytes | None]", await pipe.execute())
        data = unsaved or untold
        return row_as_kept(data) if data else None

    async def is_safe(self, game_id: str, number: int, k: int) -> bool:
        """Whether PostgreSQL has a row as it was told at the place `k` of its stream."""
        with translated():
            answer: int = await self._safe(
                keys=[keys.game(game_id), keys.rows(game_id), keys.untold(game_id), keys.stream(game_id, number)], args=[number, k]
            )
        return answer == 1

    async def shown_row(self, game_id: str, number: int) -> tuple[int, Row] | None:
        """A told row as its stream ends with it, and its place there; None: it is not told yet, or its stream was let go."""
        with translated():
            last = cast("list[RawEntry]", await self._redis.xrevrange(keys.stream(game_id, number), count=1))
        if not last or last[0][1][b"e"] != b"told":
            return None
        return entry(last[0]).k, row_from_bytes(TOLD, last[0][1][b"d"])

    async def backlog(self, game_id: str) -> Backlog | None:
        """What is to be written of a game; None: it is not in Redis."""
        with translated():
            server, fields, rows = await self._backlog(keys=[keys.game(game_id), keys.rows(game_id)])
        if not fields:
            return None
        return game_as_kept(game_id, server, fields), sorted(map(row_as_kept, rows[1::2]), key=lambda row: row.number)

    async def holding(self, game_id: str) -> Holding:
        """Who may change a game now."""
        with translated():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hget(keys.game(game_id), "fence")
                pipe.hget(keys.pending_action(game_id), "lease")
                fence, lease = await pipe.execute()
        return Holding(fence=int(fence or 0), lease_end_time=datetime.fromtimestamp(int(lease) / 1000, UTC) if lease else None)

    async def is_deciding(self, game_id: str) -> bool:
        """Whether an action of the game is pending."""
        with translated():
            return bool(await self._redis.exists(keys.pending_action(game_id)))

    async def dirty_games(self, *, limit: int, for_ms: int = 0) -> list[str]:
        """Games that have been ahead of PostgreSQL for at least so long, those longest so first; at most `limit` of each shard."""
        found = await self._due([keys.dirty(shard) for shard in range(keys.SHARDS)], for_ms, limit)
        return _by_score(list(found.values()))

    async def _due(self, zsets: Sequence[str], for_ms: int, limit: int) -> dict[str, list[tuple[bytes, float]]]:
        """Of each sorted set of times that has any: the members whose time came by so long ago, by their server's clock."""
        # On a cluster a script sees one shard at a time.
        groups: Sequence[Sequence[str]] = [zsets]
        if isinstance(self._redis, RedisCluster):
            groups = [list(group) for _, group in groupby(sorted(zsets), key=lambda zset: zset.partition("}")[0])]
        with translated():
            answers = await asyncio.gather(*(self._due_script(keys=group, args=[for_ms, limit]) for group in groups))
        return {
            group[int(place) - 1]: [(flat[at], float(flat[at + 1])) for at in range(0, len(flat), 2)]
            for group, answer in zip(groups, answers, strict=True)
            for place, flat in answer
        }

    async def played_games(self, *, limit: int, offset: int, before_ms: int) -> list[str]:
        """Games last played before a time (milliseconds since the epoch), the longest ago first; each shard's `limit` after `offset`."""
        with translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in range(keys.SHARDS):
                    pipe.zrange(keys.live(shard), 0, before_ms, byscore=True, withscores=True, offset=offset, num=limit)
                shards = await pipe.execute()
        return _by_score(shards)

    async def latest_games(self, *, limit: int, before: tuple[int, str] | None) -> list[tuple[int, str]]:
        """When (milliseconds since the epoch) and which games were last played, the latest first; `before` is the last one seen."""
        latest = "+inf" if before is None else str(before[0])
        with translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in range(keys.SHARDS):
                    pipe.zrange(keys.live(shard), latest, "-inf", byscore=True, desc=True, withscores=True, offset=0, num=limit + 1)
                shards = await pipe.execute()
        found = sorted(((int(score), member.decode()) for members in shards for member, score in members), reverse=True)
        return [one for one in found if before is None or one < before][:limit]

    async def counts(self) -> Counts:
        """How many games there are, how many of them PostgreSQL lacks something of and since when, and how many were set aside."""
        with translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in range(keys.SHARDS):
                    pipe.zcard(keys.live(shard))
                    pipe.zcard(keys.dirty(shard))
                    pipe.zcard(keys.quarantine(shard))
                    pipe.zrange(keys.dirty(shard), 0, 0, withscores=True)
                found = await pipe.execute()
        waiting = [int(score) for longest in found[3::4] for _, score in longest]
        live, dirty, quarantined = (sum(found[place::4]) for place in range(3))
        return Counts(live=live, dirty=dirty, quarantined=quarantined, dirty_since_ms=min(waiting, default=None))

    async def number(self, game_id: str) -> int | None:
        """The number of a game's last row; None: it is not in Redis."""
        with translated():
            number = cast("bytes | None", await self._redis.hget(keys.game(game_id), "number"))
        return None if number is None else int(number)

    async def now_ms(self) -> int:
        """Redis' own time, in milliseconds since the epoch."""
        with translated():
            return await now_ms(self._redis)

    async def fullest_percent(self) -> float:
        """How full memory is in percent, on the fullest server; 0 where it has no limit."""
        return await fullest_percent(self._redis)

    async def expired(self, *, limit: int = 16) -> Expired:
        """What has lost its worker: at most `limit` of each kind a shard."""
        shards = range(keys.SHARDS)
        found = await self._due([kind(shard) for shard in shards for kind in (keys.pending, keys.tellings)], 0, limit)
        members = {
            kind: [one.decode() for shard in shards for one, _ in found.get(kind(shard), ())] for kind in (keys.pending, keys.tellings)
        }
        tellings = [member.rpartition(":") for member in members[keys.tellings]]
        return Expired(actions=tuple(members[keys.pending]), tellings=tuple((game_id, int(number)) for game_id, _, number in tellings))

    async def is_begun_at(self, game_id: str, number: int, key: str, k: int) -> bool:
        """Whether it is the action of this key that begins at the place `k` of a turn's stream."""
        with translated():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hmget(keys.pending_action(game_id), "key", "k0")
                pipe.hget(keys.game(game_id), "number")
                pipe.hget(keys.idempotency(game_id), key)
                pending, reached, known = await pipe.execute()
        if pending == [key.encode(), b"%d" % k]:
            return int(reached) + 1 == number
        _, _, came_to, k0 = known.split(b":") if known else (b"", b"", b"0", b"")
        # A turn that was loaded from PostgreSQL has no place: its stream is its own.
        return abs(int(came_to)) == number and k0 in {b"%d" % k, b"0"}

    async def is_under_way(self, game_id: str, number: int) -> bool:
        """Whether there is more to come of a turn's stream: it is being decided, or told."""
        with translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.exists(keys.stream(game_id, number))
                pipe.hget(keys.game(game_id), "number")
                pipe.exists(keys.pending_action(game_id))
                shown, reached, deciding = await pipe.execute()
        return bool(shown) and reached is not None and (bool(deciding) or number <= int(reached))

    async def has_stream(self, game_id: str, number: int) -> bool:
        """Whether anything is kept of what was shown of a turn."""
        with translated():
            return bool(await self._redis.exists(keys.stream(game_id, number)))

    async def entries(self, game_id: str, number: int, *, after: int = 0) -> list[Entry]:
        """What was shown of a turn after the event `after`, in order."""
        with translated():
            found = await self._redis.xrange(keys.stream(game_id, number), min=f"({after}-0" if after else "-")
        return [entry(raw) for raw in cast("list[RawEntry]", found)]


def entry(raw: RawEntry) -> Entry:
    """A stream's entry as Redis gives it."""
    entry_id, fields = raw
    return Entry(k=int(entry_id.partition(b"-")[0]), event=fields[b"e"].decode(), data=fields[b"d"])


def _by_score(shards: Sequence[Sequence[tuple[bytes, float]]]) -> list[str]:
    """The members of many sorted sets, those of the lowest score first."""
    return [member.decode() for member, _ in sorted((pair for shard in shards for pair in shard), key=lambda pair: pair[1])]
