"""What the rules of the state machine stand on: a game in Redis, what it should be, and the comparison of the two after each step."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import uvloop
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant

from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_erasures import RedisErasures
from services.game.adapters.redis_games import RedisGames
from services.game.adapters.redis_jumps import RedisJumps
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads, entry
from services.game.loading import Loading
from services.game.stored import LiveGame, Row
from tests.integration.game.model import Answer, Model
from tests.integration.game.model_archive import ModelArchive, beginning

Batch = tuple[LiveGame, dict[int, int]]
Load = tuple[LiveGame, list[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What a worker holds: the right to decide an action, as it was granted once."""

    key: str
    action: str
    fence: int
    number: int
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a teller holds: the right to tell a row, as it was given once."""

    row: Row
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """What Redis held of the game at some time, and what the model did."""

    dumps: dict[str, bytes | None]
    scores: dict[str, dict[bytes, float]]
    model: Model


class Ground(RuleBasedStateMachine):
    """Each rule of the classes over this one does one thing to Redis and to the model, and compares the answers."""

    url = ""
    rights = Bundle("rights")
    tellings = Bundle("tellings")
    loads = Bundle("loads")
    batches = Bundle("batches")
    copies = Bundle("copies")

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._stack = AsyncExitStack()

    def teardown(self) -> None:
        self.do(self._stack.aclose())
        self._runner.close()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def stand(self, game_id: str) -> None:
        """A game that PostgreSQL has and Redis has not."""
        self.game_id = game_id
        self.shard = keys.shard_of(self.game_id)
        self.redis: Redis = self.do(self._stack.enter_async_context(connect(self.url, connections=8)))
        self.games = RedisGames(self.redis, lease_ms=10_000_000)
        self.keeping = RedisKeeping(self.redis)
        self.jumps = RedisJumps(self.redis)
        self.erasures = RedisErasures(self.redis)
        self.reads = RedisReads(self.redis)
        game, opening = beginning(self.game_id)
        self.archive = ModelArchive(game, opening)
        self.loading = Loading(self.keeping, self.reads, self.archive)  # type: ignore[arg-type]  # the model of it
        self.model = Model()
        self.acknowledged: dict[str, Row] = {}
        self.excused: set[str] = set()
        self.tampered = False
        self.highest = 0
        self.quiet_until = 3

    def zsets(self) -> list[str]:
        return [kind(self.shard) for kind in (keys.dirty, keys.pending, keys.tellings, keys.live, keys.quarantine)]

    def own(self) -> list[str]:
        kinds = (keys.game, keys.pending_action, keys.idempotency, keys.rows, keys.untold)
        numbers = range(self.highest + 2)
        numbered = [kind(self.game_id, number) for kind in (keys.telling_job, keys.stream) for number in numbers]
        return [*(kind(self.game_id) for kind in kinds), *numbered]

    async def scores(self, zset: str) -> dict[bytes, float]:
        return {member: score for member, score in await self.redis.zrange(zset, 0, -1, withscores=True) if is_of(member, self.game_id)}

    @invariant()
    def redis_holds_what_the_model_does(self) -> None:
        if not hasattr(self, "model"):
            return
        self.do(self._compare())

    async def _compare(self) -> None:
        model, game_id = self.model, self.game_id
        self.highest = max(self.highest, model.number, *model.streams, 0)
        backlog = await self.reads.backlog(game_id)
        assert (backlog is not None) == model.here
        if backlog is not None:
            game, rows = backlog
            assert (game.epoch, game.number, game.persisted, game.status) == (model.epoch, model.number, model.persisted, model.status)
            assert (not game.unseen, game.doubt, game.halted) == (model.seen, model.doubt, model.halted)
            assert [(row.number, row.text, row.revision) for row in rows] == [
                (number, row.text, row.revision) for number, row in sorted(model.unsaved.items())
            ]
        async with self.redis.pipeline(transaction=False) as pipe:
            pipe.hget(keys.game(game_id), "fence")
            pipe.hkeys(keys.untold(game_id))
            pipe.hkeys(keys.idempotency(game_id))
            pipe.hget(keys.pending_action(game_id), "fence")
            for zset in self.zsets():
                pipe.zrange(zset, 0, -1)
            for number in model.streams:
                pipe.xrange(keys.stream(game_id, number))
            for number in model.jobs:
                pipe.hget(keys.telling_job(game_id, number), "fence")
            for number in (unseen := [one for one in range(self.highest + 2) if one not in model.streams]):
                pipe.exists(keys.stream(game_id, number))
            fence, untold, remembered, deciding, *rest = await pipe.execute()
        if model.here:
            assert int(fence) == model.fence
        assert {int(number) for number in untold} == set(model.untold)
        assert {name.decode() for name in remembered} == set(model.keys)
        assert (None if deciding is None else int(deciding)) == (model.pending.fence if model.pending else None)
        member = game_id.encode()
        zsets = [{one for one in members if is_of(one, game_id)} for members in rest[:5]]
        marks = (model.dirty, model.pending, model.live, model.quarantined)
        assert [zsets[0], zsets[1], zsets[3], zsets[4]] == [{member} if mark else set() for mark in marks]
        assert zsets[2] == {b"%s:%d" % (member, number) for number in model.jobs}
        streams, more = rest[5 : 5 + len(model.streams)], rest[5 + len(model.streams) :]
        fences, others = more[: len(model.jobs)], more[len(model.jobs) :]
        assert others == [0] * len(unseen), "nothing was ever shown of them"
        for shown, found in zip(model.streams.values(), streams, strict=True):
            kept = [(one.k, one.event) for one in map(entry, found)]
            assert kept == shown[-max(len(kept), 1) :]
        assert [int(one) for one in fences] == [job.fence for job in model.jobs.values()]

    @invariant()
    def a_game_is_dirty_if_and_only_if_postgresql_lacks_something(self) -> None:
        if hasattr(self, "model") and self.model.here:
            assert (self.model.dirty or self.model.quarantined) == bool(self.model.unsaved) or self.model.halted

    @invariant()
    def no_acknowledged_turn_is_lost(self) -> None:
        if not hasattr(self, "model"):
            return
        kept = {row.text for rows in (self.model.unsaved, self.model.untold, self.archive.rows) for row in rows.values()}
        assert self.acknowledged.keys() - self.excused <= kept


def plain(answer: list[bytes]) -> Answer:
    return tuple(int(one) if one.lstrip(b"-").isdigit() else one.decode() for one in answer)


def is_of(name: bytes, game_id: str) -> bool:
    """Whether a key or a member is of this game and not of one whose id it begins."""
    _, _, rest = name.decode().partition(game_id)
    return game_id in name.decode() and (not rest or rest[0] == ":")
