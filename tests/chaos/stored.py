"""What PostgreSQL and Redis hold, read from outside the services."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
from redis.asyncio import Redis

from services.game.adapters import keys
from services.game.packs import compile_pack
from services.game.rules import codec
from services.game.rules.begin import begin
from services.game.rules.evolve import replay
from services.game.rules.pack import Pack
from services.game.stored import OPENING_PARENT, Row
from tests.chaos.clients import asked_word, digest
from tests.chaos.history import Kept, Violation

_POSITIONS = """
SELECT g.game_id::text AS game, g.epoch, g.number, count(t.number) AS rows, min(t.number) AS first, max(t.number) AS last
FROM games g LEFT JOIN turns t USING (game_id) GROUP BY g.game_id
"""
_WRITTEN = "SELECT game_id::text AS game, number, revision, encode(rule_hash, 'hex') AS rules, md5(telling::text) AS telling FROM turns"
_GAMES = "SELECT game_id::text AS game, pack_hash, seed FROM games"
_LOG = """
SELECT game_id::text AS game, number, parent, branch_id, depth, revision, request_id, action_hash, text, record::text AS record, rule_hash,
       state_hash, telling::text AS telling, create_time
FROM turns ORDER BY game_id, number
"""
# One moment of several games: KEYS are three a game (live game, rows, dirty games), ARGV is its id.
_LIVE = """
local found = {}
for i = 1, #ARGV do
  local game = redis.call('HMGET', KEYS[3 * i - 2], 'epoch', 'number', 'persisted', 'fence', 'halted')
  local rows = redis.call('HKEYS', KEYS[3 * i - 1])
  local dirty = redis.call('ZSCORE', KEYS[3 * i], ARGV[i])
  found[i] = {game[1] or '', game[2] or '', game[3] or '', game[4] or '', dirty and 1 or 0, rows, game[5] or ''}
end
return found
"""
_GAMES_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a game stands in PostgreSQL."""

    game: str
    epoch: int
    number: int
    rows: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Where a game stands in Redis, of one moment."""

    game: str
    epoch: int
    number: int
    persisted: int
    fence: int
    dirty: bool
    rows: frozenset[int]
    halted: str
    """Why its log can't be written; empty: it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A game's log as PostgreSQL has it: each row, and the rule hash that is stored with it."""

    game: str
    pack_hash: str
    seed: str
    rows: list[tuple[Row, bytes]] = field(default_factory=list)


class Stores:
    """Both stores, asked directly. Every method may raise what asyncpg, redis or the network raises."""

    def __init__(self, database_url: str, redis: "Redis") -> None:
        self._database_url = database_url.replace("+asyncpg", "")
        self._redis = redis

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self._database_url, timeout=2, command_timeout=10)
        try:
            yield connection
        finally:
            connection.terminate()

    async def emptied(self) -> None:
        """Nobody has ever played: what either store had of players and games is gone."""
        # Those from before may lead to a server that has died since.
        await self._redis.connection_pool.disconnect()
        await self._redis.flushall()
        async with self._database() as connection:
            await connection.execute("TRUNCATE players, games, tombstones CASCADE")

    async def positions(self) -> list[Position]:
        """Every game of PostgreSQL, of one snapshot."""
        async with self._database() as connection:
            return [Position(**row) for row in await connection.fetch(_POSITIONS)]

    async def written(self) -> dict[tuple[str, int], tuple[int, str, str | None]]:
        """Of every row its revision, the hash of its rules' part and that of its telling."""
        async with self._database() as connection:
            rows = await connection.fetch(_WRITTEN)
        return {(row["game"], row["number"]): (row["revision"], row["rules"], row["telling"]) for row in rows}

    async def live(self, games: Sequence[str]) -> list[Live]:
        """Those of the games that Redis has."""
        found: list[Live] = []
        for at in range(0, len(games), _GAMES_AT_ONCE):
            some = games[at : at + _GAMES_AT_ONCE]
            names = [name for game in some for name in (keys.game(game), keys.rows(game), keys.dirty(keys.shard_of(game)))]
            answers = await self._redis.eval(_LIVE, len(names), *names, *some)
            for game, (epoch, number, persisted, fence, dirty, rows, halted) in zip(some, answers, strict=True):
                if epoch:
                    found.append(
                        Live(
                            game=game,
                            epoch=int(epoch),
                            number=int(number),
                            persisted=int(persisted),
                            fence=int(fence or 0),
                            dirty=bool(dirty),
                            rows=frozenset(int(row) for row in rows),
                            halted=halted.decode(),
                        )
                    )
        return found

    async def unsettled(self) -> dict[str, list[str]]:
        """What Redis still has to do: games to write, actions to decide, rows to tell."""
        kinds = {"to write": keys.dirty, "to decide": keys.pending, "to tell": keys.tellings, "set aside": keys.quarantine}
        async with self._redis.pipeline(transaction=False) as pipe:
            for name_of in kinds.values():
                for shard in range(keys.SHARDS):
                    pipe.zrange(name_of(shard), 0, -1)
            found = await pipe.execute()
        members = {kind: found[at * keys.SHARDS : (at + 1) * keys.SHARDS] for at, kind in enumerate(kinds)}
        return {kind: [one.decode() for shard in shards for one in shard] for kind, shards in members.items() if any(shards)}

    async def tellings(self) -> dict[str, tuple[int, int]]:
        """Of each telling that is under way: how often it was begun, and how many events were shown."""
        members = (await self.unsettled()).get("to tell", ())
        async with self._redis.pipeline(transaction=False) as pipe:
            for game, _, number in (one.rpartition(":") for one in members):
                pipe.hget(keys.telling_job(game, int(number)), "attempts")
                pipe.xlen(keys.stream(game, int(number)))
            found = await pipe.execute()
        return {one: (int(attempts or 0), shown) for one, attempts, shown in zip(members, found[0::2], found[1::2], strict=True)}

    async def streams(self, game: str, number: int) -> list[tuple[int, str, dict[str, Any]]]:
        """What was shown of a turn: place, event and data (that of `told`, which is compressed, left out)."""
        entries = await self._redis.xrange(keys.stream(game, number))
        return [
            (int(at.split(b"-")[0]), (name := fields[b"e"].decode()), {} if name == "told" else orjson.loads(fields[b"d"]))
            for at, fields in entries
        ]

    async def logs(self) -> dict[str, Log]:
        """Every game's whole log."""
        async with self._database() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            games, rows = await connection.fetch(_GAMES), await connection.fetch(_LOG)
        logs = {row["game"]: Log(game=row["game"], pack_hash=row["pack_hash"], seed=row["seed"]) for row in games}
        for row in rows:
            logs[row["game"]].rows.append((_row(row), row["rule_hash"]))
        return logs

    async def packs(self) -> dict[str, Pack]:
        """The packs that games are pinned to."""
        async with self._database() as connection:
            rows = await connection.fetch(
                "SELECT pack_hash, files::text AS files FROM packs WHERE pack_hash IN (SELECT pack_hash FROM games)"
            )
        return {row["pack_hash"]: compile_pack(orjson.loads(row["files"])) for row in rows}


def kept(row: Row) -> Kept:
    """A row as the history is held against it."""
    return Kept(
        number=row.number,
        key=row.key,
        asked=asked_word(row.text, row.record["command"]),
        text=None if row.telling is None else row.telling["text"],
        resolved=digest(row.record["lines"]),
    )


def replayed(log: Log, pack: Pack) -> list[Violation]:
    """I5: the events of each row, applied to the state before it, give the hash that is stored, and each row its own rule hash."""
    state, wrong = begin(pack, fate(log.seed))[0], []
    for row, stored_rule_hash in log.rows:
        if row.number:
            state = replay(pack, state, [codec.event_from_plain(event) for event in row.record["events"]])
        if codec.state_hash(state) != row.state_hash:
            wrong.append(Violation(invariant="I5", game=log.game, detail=f"replaying row {row.number} gives another state than is stored"))
        if row.rule_hash != stored_rule_hash:
            wrong.append(Violation(invariant="I1", game=log.game, detail=f"row {row.number} is not what its rule hash was made of"))
    return wrong


def fate(seed: str) -> bytes:
    """What a seed keys the dice with."""
    return hashlib.blake2b(seed.encode(), digest_size=32).digest()


def _row(row: asyncpg.Record) -> Row:
    return Row(
        game_id=row["game"],
        number=row["number"],
        parent=OPENING_PARENT if row["parent"] is None else row["parent"],
        branch_id=row["branch_id"],
        depth=row["depth"],
        revision=row["revision"],
        key=row["request_id"] or "",
        action_hash=row["action_hash"].hex(),
        text=row["text"],
        record=orjson.loads(row["record"]),
        state_hash=row["state_hash"],
        telling=orjson.loads(row["telling"]) if row["telling"] else None,
        created_ms=round(row["create_time"].timestamp() * 1000),
    )
