"""All scripts, in any order and by any number of workers, against the model: on Valkey, on Redis 7.0 and on a cluster of three."""

import asyncio
import itertools
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest
import uvloop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from hypothesis.stateful import run_state_machine_as_test as held

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.archive import Saved
from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_games import Committed, Granted, RedisGames, TakenOver
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads, entry
from services.game.loading import Loading
from services.game.stored import RESOLVED, LiveGame, Row
from tests.integration.game.live_games import ACTION, OTHER_ACTION, OWNER, a_row
from tests.integration.game.model import Answer, Model, ModelArchive, beginning, copy_of

Batch = tuple[LiveGame, dict[int, int]]
Load = tuple[LiveGame, list[Row]]
_numbers = itertools.count()
_KEYS = ("k0", "k1", "k2", "k3", "k4", "#", "=k0")


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


class Scripts(RuleBasedStateMachine):
    """Each rule does one thing to Redis and to the model, and compares the answers; after each, all that Redis holds is compared."""

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

    @initialize()
    def begins(self) -> None:
        self.game_id = f"game {next(_numbers)}"
        self.shard = keys.shard_of(self.game_id)
        self.redis: Redis = self.do(self._stack.enter_async_context(connect(self.url, connections=8)))
        self.games = RedisGames(self.redis, lease_ms=10_000_000)
        self.keeping = RedisKeeping(self.redis)
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
        self.load()

    # ---- turns

    @rule(
        target=rights,
        owner=st.sampled_from((OWNER, OWNER, OWNER, "another")),
        key=st.sampled_from(_KEYS),
        action=st.sampled_from((ACTION, ACTION, OTHER_ACTION)),
        ahead=st.sampled_from((0, 0, 0, 0, -1, 1)),
        nonce=st.sampled_from(("n", "n", "m")),
    )
    def begin(self, owner: str, key: str, action: str, ahead: int, nonce: str) -> Right | MultipleResults:
        expected = max(self.model.number + ahead, 0)
        said = self.do(self.games.begin(self.game_id, owner, key, action, b"{}", expected, nonce))
        promised = self.model.begin(owner, key, action, expected, nonce)
        if not isinstance(said, Granted):
            assert _plain(said)[: len(promised)] == promised
            return multiple()
        assert ("GRANTED", said.fence, said.k0) == promised
        assert said.number == self.model.number
        return Right(key=key, action=action, fence=said.fence, number=said.number, nonce=nonce)

    @precondition(lambda self: self.model.here and self.model.seen and not self.model.pending)
    @rule(target=rights)
    def begin_the_next(self) -> Right | MultipleResults:
        return self.begin(OWNER, f"new {next(_numbers)}", ACTION, 0, "n")

    @precondition(lambda self: self.model.here and self.model.seen and not self.model.pending)
    @rule(target=tellings)
    def resolve_the_next(self) -> Telling | MultipleResults:
        right = self.begin_the_next()
        return self.commit(right, ends=False) if isinstance(right, Right) else multiple()

    @precondition(lambda self: self.model.here and self.model.seen and not self.model.pending)
    @rule(target=tellings)
    def tell_the_next(self) -> Telling | MultipleResults:
        telling = self.resolve_the_next()
        if isinstance(telling, Telling):
            self.tell(telling, 1, "delta")
            self.finish(telling)
        return telling

    @precondition(lambda self: self.model.unsaved and not self.archive.away and not self.model.halted)
    @rule()
    def postgresql_takes_all_there_is(self) -> None:
        batch = self.save()
        if isinstance(batch, tuple):
            game, revisions = batch
            self.do(self.keeping.ack(self.game_id, game.epoch, revisions))
            self.model.ack(game.epoch, revisions)

    @rule(target=tellings, right=rights, ends=st.sampled_from((False, False, False, False, True)))
    def commit(self, right: Right, ends: bool) -> Telling | MultipleResults:
        text = f"{right.fence}"
        row = a_row(
            right.number + 1, key=right.key, action_hash=right.action, game_id=self.game_id, text=text, state_hash=text.encode().ljust(32)
        )
        status, nonce = "ENDED" if ends else "ACTIVE", f"{right.fence}:{right.key}"
        said = self.do(
            self.games.commit(row, fence=right.fence, state=b"state", status=status, ending="", nonce=nonce, prompt=b"", resolved=b"")
        )
        again = row.number in self.model.jobs
        promised = self.model.commit(row, right.fence, nonce, status)
        if not isinstance(said, Committed):
            assert (said,) == promised[:1]
            return multiple()
        assert ("OK", said.fence, said.k) == promised
        if not again:
            self.acknowledged[text] = row
        return Telling(row=self.model.unsaved.get(row.number) or self.model.untold[row.number], fence=said.fence)

    @rule(right=rights, keep=st.booleans())
    def abort(self, right: Right, keep: bool) -> None:
        number = right.number + 1
        said = self.do(
            self.games.abort(
                self.game_id, number, fence=right.fence, key=right.key, action_hash=right.action, events=[("settled", b"")], keep=keep
            )
        )
        assert (said,) == self.model.abort(number, right.key, right.action, right.fence, keep=keep)

    @rule(telling=tellings, ahead=st.sampled_from((1, 1, 1, 0, 2)), event=st.sampled_from(("delta", "delta", "reset")))
    def tell(self, telling: Telling, ahead: int, event: str) -> None:
        number = telling.row.number
        k = self.model.last_k(number, 0) + ahead
        said = self.do(self.games.tell(self.game_id, number, fence=telling.fence, k=k, event=event, data=b""))
        assert (said,) == self.model.tell(number, telling.fence, k, event)

    @rule(telling=tellings)
    def finish(self, telling: Telling) -> None:
        told = telling.row.told({"text": "x"})
        said = self.do(self.games.finish(told, fence=telling.fence, events=[("told", b"")]))
        assert (("OK", said) if isinstance(said, int) else (said,)) == self.model.finish(told, telling.fence)

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.model.jobs)))
        self.do(self.games.stop(self.game_id, number))
        self.model.jobs[number].stop = True

    # ---- workers that die, and others that take over

    @precondition(lambda self: self.model.pending or self.model.jobs)
    @rule(data=st.data())
    def a_lease_runs_out(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from([*([None] if self.model.pending else []), *sorted(self.model.jobs)]))
        if which is None and self.model.pending is not None:
            self.do(self._run_out(keys.pending_action(self.game_id), keys.pending(self.shard), self.game_id))
            self.model.pending.out = True
        elif which is not None:
            self.do(self._run_out(keys.telling_job(self.game_id, which), keys.tellings(self.shard), f"{self.game_id}:{which}"))
            self.model.jobs[which].out = True

    async def _run_out(self, holder: str, zset: str, member: str) -> None:
        await self.redis.hset(holder, "lease", "0")
        await self.redis.zadd(zset, {member: 0})

    @rule(right=rights)
    def renew(self, right: Right) -> None:
        p = self.model.pending
        mine = p is not None and p.fence == right.fence
        assert self.do(self.games.renew_action(self.game_id, right.fence)) is mine
        if mine and p is not None:
            p.out = False

    @precondition(lambda self: self.model.pending)
    @rule(target=rights)
    def take_over_action(self) -> Right | MultipleResults:
        said = self.do(self.games.take_over_action(self.game_id))
        promised = self.model.take_over(None)
        if not isinstance(said, TakenOver):
            assert (said,) == promised
            return multiple()
        assert ("TAKEN", said.fence) == promised
        key, action = said.fields[b"key"].decode(), said.fields[b"hash"].decode()
        return Right(key=key, action=action, fence=said.fence, number=self.model.number, nonce="taken over")

    @precondition(lambda self: self.model.jobs)
    @rule(target=tellings, data=st.data())
    def take_over_telling(self, data: st.DataObject) -> Telling | MultipleResults:
        number = data.draw(st.sampled_from(sorted(self.model.jobs)))
        said = self.do(self.games.take_over_telling(self.game_id, number))
        promised = self.model.take_over(number)
        if not isinstance(said, TakenOver):
            assert (said,) == promised
            return multiple()
        assert ("TAKEN", said.fence) == promised
        row = self.do(self.reads.row(self.game_id, number))
        assert row is not None, "telling it must not need PostgreSQL"
        return Telling(row=replace(row, revision=RESOLVED, telling=None), fence=said.fence)

    # ---- PostgreSQL

    @precondition(lambda self: self.model.unsaved)
    @rule(target=batches)
    def save(self) -> Batch | MultipleResults:
        """What is read may be sent at once; what PostgreSQL took may be acknowledged late, twice, or never."""
        backlog = self.do(self.reads.backlog(self.game_id))
        if backlog is None or not backlog[1] or backlog[0].halted or self.archive.away:
            return multiple()
        game, rows = backlog
        if game.doubt:
            self.agree()
            return multiple()
        (saved,) = self.do(self.archive.save([(game, rows)]))
        assert isinstance(saved, Saved)
        if saved.outcome == "STALE":
            self.reconcile()
        elif saved.outcome != "SAVED":
            assert self.tampered, "only an older copy of the data can contradict PostgreSQL"
            self.do(self.keeping.quarantine(self.game_id, game.epoch, saved.outcome))
            self.model.quarantine(game.epoch, saved.outcome)
        return (game, {row.number: row.revision for row in rows}) if saved.outcome == "SAVED" else multiple()

    @rule(batch=batches, data=st.data())
    def ack(self, batch: Batch, data: st.DataObject) -> None:
        game, revisions = batch
        # PostgreSQL was asked in the order of the numbers, so it has all up to any one of them.
        up_to = data.draw(st.sampled_from(sorted(revisions)))
        some = {number: revision for number, revision in revisions.items() if number <= up_to}
        self.do(self.keeping.ack(self.game_id, game.epoch, some))
        self.model.ack(game.epoch, some)

    @rule()
    def postgresql_goes_or_comes(self) -> None:
        self.archive.away = not self.archive.away

    # ---- games that come and leave

    @precondition(lambda self: not self.model.here)
    @rule()
    def load(self) -> None:
        """As a turn does that finds no game."""
        epoch = self.archive.game.epoch
        try:
            self.do(self.loading.load(self.game_id, OWNER))
        except errors.Unavailable:
            assert self.archive.away
        if self.archive.game.epoch != epoch:
            assert not self.model.here
            self._restored()

    @precondition(lambda self: not self.archive.away)
    @rule(target=loads)
    def load_slowly(self) -> Load:
        """A load that comes to Redis late, when others may have been quicker."""
        loaded: Load = self.do(self.archive.load(self.game_id))
        return loaded

    @rule(load=consumes(loads))
    def restore(self, load: Load) -> None:
        game, rows = load
        known = [(row.key, row.action_hash, row.number) for row in rows if row.key]
        untold = [row for row in rows if row.telling is None]
        said = self.do(self.keeping.restore(game, known_keys=known, untold=untold))
        absent = not self.model.here
        assert said == self.model.restore(game, rows, None)
        if absent and game.number < self.archive.game.number:
            # Redis lost the game and a load from before its last rows came late: PostgreSQL is ahead, and the sync will find out.
            self.tampered = True

    @precondition(lambda self: not self.archive.away and self.model.here)
    @rule()
    def reconcile(self) -> None:
        behind = self._is_behind()
        self.do(self.loading.reconcile(self.game_id))
        self._agreed(behind=behind, loaded=True)

    @precondition(lambda self: self.model.here and (self.model.doubt or not self.model.seen))
    @rule()
    def agree(self) -> None:
        """As a turn does that finds a game which another server held, or as the sync does with one that is played in doubt."""
        behind = self._is_behind()
        self.do(self.loading.compare(self.game_id))
        if self.archive.away:
            if not self.model.seen:
                self.model.seen = self.model.doubt = True
            return
        self._agreed(behind=behind, loaded=behind)
        self.model.seen, self.model.doubt = True, False

    def _is_behind(self) -> bool:
        """Whether PostgreSQL has rows that Redis has otherwise, or not at all."""
        for number, row in self.archive.rows.items():
            mine = self.model.unsaved.get(number) or self.model.untold.get(number)
            if number > self.model.number or (mine is not None and mine.text != row.text):
                return True
        return self.archive.rows[max(self.archive.rows)].number == self.model.number and not self._same_head()

    def _same_head(self) -> bool:
        head = self.do(self.reads.game(self.game_id))
        return head.state_hash == self.archive.rows[self.model.number].state_hash

    def _agreed(self, *, behind: bool, loaded: bool) -> None:
        if behind:
            assert self.tampered, "Redis is behind PostgreSQL only if it was given an older copy"
            here = {row.text for row in self.model.unsaved.values()}
            self.excused |= here - {row.text for row in self.archive.rows.values()}
            self._restored(over=(self.model.epoch, self.model.number))
            return
        stored = {number: row.revision for number, row in self.archive.rows.items() if number >= max(self.model.persisted, 0)}
        if loaded and self.model.persisted >= self.archive.game.number:
            stored = {}
        self.model.ack(self.model.epoch, stored)
        if loaded:
            self._restored()

    def _restored(self, over: tuple[int, int] | None = None) -> None:
        rows = [self.archive.rows[number] for number in sorted(self.archive.rows)][-32:]
        assert self.model.restore(self.archive.game, rows, over) != "BEHIND"

    @precondition(lambda self: self.model.number)
    @rule(ahead=st.sampled_from((0, 0, 0, 1)))
    def evict(self, ahead: int) -> None:
        number = self.model.number + ahead
        assert (self.do(self.keeping.evict(self.game_id, number)),) == self.model.evict(number)

    @precondition(lambda self: self.model.quarantined)
    @rule()
    def requeue(self) -> None:
        assert self.do(self.keeping.requeue(self.game_id)) == self.model.requeue()

    # ---- Redis that loses what it had, or is given what it had before

    @precondition(lambda self: self._has_gone_on())
    @rule()
    def redis_is_wiped(self) -> None:
        self.do(self._forget())
        self.excused |= self.acknowledged.keys()
        self.tampered = True
        self.quiet_until = len(self.acknowledged) + 3
        self.model = Model()

    @precondition(lambda self: self.acknowledged)
    @rule(target=copies)
    def copy(self) -> Old:
        return self.do(self._copied())

    @precondition(lambda self: self._has_gone_on())
    @rule(old=copies, found_out=st.booleans())
    def an_old_copy_comes_back(self, old: Old, *, found_out: bool) -> None:
        self.do(self._bring_back(old))
        self.excused |= self.acknowledged.keys()
        self.tampered = True
        self.quiet_until = len(self.acknowledged) + 3
        self.model = copy_of(old.model)
        self.model.seen = not self.model.here
        if found_out and self.model.here:
            self.agree()

    def _has_gone_on(self) -> bool:
        """Disasters are rare: there are a few turns between any two."""
        return len(self.acknowledged) >= self.quiet_until

    def _zsets(self) -> list[str]:
        return [kind(self.shard) for kind in (keys.dirty, keys.pending, keys.tellings, keys.live, keys.quarantine)]

    def _own(self) -> list[str]:
        kinds = (keys.game, keys.pending_action, keys.idempotency, keys.rows, keys.untold)
        numbers = range(self.highest + 2)
        numbered = [kind(self.game_id, number) for kind in (keys.telling_job, keys.stream) for number in numbers]
        return [*(kind(self.game_id) for kind in kinds), *numbered]

    async def _scores(self, zset: str) -> dict[bytes, float]:
        return {member: score for member, score in await self.redis.zrange(zset, 0, -1, withscores=True) if _is_of(member, self.game_id)}

    async def _copied(self) -> Old:
        async with self.redis.pipeline(transaction=False) as pipe:
            for name in self._own():
                pipe.dump(name)
            dumps = dict(zip(self._own(), await pipe.execute(), strict=True))
        return Old(dumps=dumps, scores={zset: await self._scores(zset) for zset in self._zsets()}, model=copy_of(self.model))

    async def _forget(self) -> None:
        scores = {zset: await self._scores(zset) for zset in self._zsets()}
        async with self.redis.pipeline(transaction=False) as pipe:
            for name in self._own():
                pipe.delete(name)
            for zset, members in scores.items():
                for member in members:
                    pipe.zrem(zset, member)
            await pipe.execute()

    async def _bring_back(self, old: Old) -> None:
        await self._forget()
        for name, dump in old.dumps.items():
            if dump is not None:
                await self.redis.restore(name, 0, dump)
        for zset, scores in old.scores.items():
            if scores:
                await self.redis.zadd(zset, scores)
        if old.model.here:
            await self.redis.hset(keys.game(self.game_id), "seen", "another server")

    # ---- what must be so after each step

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
            for zset in self._zsets():
                pipe.zrange(zset, 0, -1)
            for number in model.streams:
                pipe.xrange(keys.stream(game_id, number))
            for number in model.jobs:
                pipe.hget(keys.telling_job(game_id, number), "fence")
            fence, untold, remembered, deciding, *rest = await pipe.execute()
        if model.here:
            assert int(fence) == model.fence
        assert {int(number) for number in untold} == set(model.untold)
        assert {name.decode() for name in remembered} == set(model.keys)
        assert (None if deciding is None else int(deciding)) == (model.pending.fence if model.pending else None)
        member = game_id.encode()
        zsets = [{one for one in members if _is_of(one, game_id)} for members in rest[:5]]
        marks = (model.dirty, model.pending, model.live, model.quarantined)
        assert [zsets[0], zsets[1], zsets[3], zsets[4]] == [{member} if mark else set() for mark in marks]
        assert zsets[2] == {b"%s:%d" % (member, number) for number in model.jobs}
        streams, fences = rest[5 : 5 + len(model.streams)], rest[5 + len(model.streams) :]
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


def _plain(answer: list[bytes]) -> Answer:
    return tuple(int(one) if one.lstrip(b"-").isdigit() else one.decode() for one in answer)


def _is_of(name: bytes, game_id: str) -> bool:
    """Whether a key or a member is of this game and not of one whose id it begins."""
    _, _, rest = name.decode().partition(game_id)
    return game_id in name.decode() and (not rest or rest[0] == ":")


def test_the_scripts_do_what_the_model_promises(each_redis_url: str, pytestconfig: pytest.Config):
    machine = type("Scripts", (Scripts,), {"url": each_redis_url})
    held(
        machine,
        settings=settings(
            max_examples=pytestconfig.getoption("--script-examples"),
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
