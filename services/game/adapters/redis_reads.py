"""What Redis holds, read: games, rows, backlogs, streams. Nothing here changes anything.

redis-py types answers as bytes or str; with its defaults, which are ours, they are bytes.
"""

from dataclasses import dataclass
from typing import cast

from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, translated
from services.game.stored import TOLD, Entry, LiveGame, Row, game_from_fields, row_from_bytes

RawEntry = tuple[bytes, dict[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What is waiting for a new worker: games with a pending action, and (game, number) of rows to tell."""

    actions: tuple[str, ...]
    tellings: tuple[tuple[str, int], ...]


class RedisReads:
    """Every method may raise Unavailable(STORE_UNAVAILABLE)."""

    def __init__(self, client: Redis) -> None:
        self._redis = client

    async def game(self, game_id: str) -> LiveGame | None:
        """The live game; None: it is not in Redis."""
        with translated():
            fields = cast("dict[bytes, bytes]", await self._redis.hgetall(keys.game(game_id)))
        return game_from_fields(game_id, fields) if fields else None

    async def row(self, game_id: str, number: int) -> Row | None:
        """A row that PostgreSQL does not wholly have; None: it has, or there is none."""
        with translated():
            data = cast("bytes | None", await self._redis.hget(keys.rows(game_id), str(number)))
        return _row(data) if data else None

    async def shown_row(self, game_id: str, number: int) -> Row | None:
        """A told row as its stream ends with it; None: it is not told yet, or its stream was let go."""
        with translated():
            last = cast("list[RawEntry]", await self._redis.xrevrange(keys.stream(game_id, number), count=1))
        return row_from_bytes(TOLD, last[0][1][b"d"]) if last and last[0][1][b"e"] == b"told" else None

    async def backlog(self, game_id: str) -> tuple[LiveGame, list[Row]] | None:
        """A game and its rows that are to be written, by number, of one moment; None: it is not in Redis."""
        with translated():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hgetall(keys.game(game_id))
                pipe.hgetall(keys.rows(game_id))
                fields, rows = await pipe.execute()
        if not fields:
            return None
        return game_from_fields(game_id, fields), sorted((_row(data) for data in rows.values()), key=lambda row: row.number)

    async def is_deciding(self, game_id: str) -> bool:
        """Whether an action of the game is pending."""
        with translated():
            return bool(await self._redis.exists(keys.pending_action(game_id)))

    async def dirty_games(self, *, limit: int) -> list[str]:
        """Games that are ahead of PostgreSQL, those longest so first within each shard."""
        with translated():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in range(keys.SHARDS):
                    pipe.zrange(keys.dirty(shard), 0, limit - 1)
                shards = await pipe.execute()
        return [member.decode() for members in shards for member in members]

    async def expired(self, *, limit: int = 16) -> Expired:
        """What has lost its worker: at most `limit` of each kind a shard."""
        with translated():
            seconds, micros = await self._redis.time()
            now = seconds * 1000 + micros // 1000
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in range(keys.SHARDS):
                    pipe.zrange(keys.pending(shard), 0, now, byscore=True, offset=0, num=limit)
                    pipe.zrange(keys.tellings(shard), 0, now, byscore=True, offset=0, num=limit)
                found = await pipe.execute()
        tellings = [member.decode().rpartition(":") for members in found[1::2] for member in members]
        return Expired(
            actions=tuple(member.decode() for members in found[0::2] for member in members),
            tellings=tuple((game_id, int(number)) for game_id, _, number in tellings),
        )

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


def _row(data: bytes) -> Row:
    return row_from_bytes(data[0] - ord("0"), data[1:])
