"""Rules of the state machine that players and workers make: actions, turns, tellings, jumps, and who takes over."""

import itertools
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, multiple, precondition, rule

from services.game.adapters import keys
from services.game.adapters.redis_games import Committed, Finished, Granted, TakenOver
from services.game.shown import told_events
from services.game.stored import RESOLVED, TOLD
from tests.integration.game.live_games import ACTION, OTHER_ACTION, OWNER, a_game, a_row
from tests.integration.game.machine import Ground, Right, Telling, plain

numbers = itertools.count()
"""What makes names new."""
ROWS_AT_ONCE = 8
"""How many rows that are to be written FINISH answers with; of more it answers none."""
_KEYS = ("k0", "k1", "k2", "k3", "k4", "#", "=k0")


class Played(Ground):
    """What is done to a game in Redis by who plays it, and by who works for them."""

    # ---- turns

    @rule(
        target=Ground.rights,
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
            assert plain(said)[: len(promised)] == promised
            return multiple()
        assert ("GRANTED", said.fence, said.k0) == promised
        assert said.number == self.model.number
        return Right(key=key, action=action, fence=said.fence, number=said.number, nonce=nonce)

    @precondition(lambda self: self.model.here and self.model.seen and not self.model.pending)
    @rule(target=Ground.rights)
    def begin_the_next(self) -> Right | MultipleResults:
        return self.begin(OWNER, f"new {next(numbers)}", ACTION, 0, "n")

    @precondition(lambda self: self.model.here and self.model.seen and not self.model.pending)
    @rule(target=Ground.tellings)
    def resolve_the_next(self) -> Telling | MultipleResults:
        right = self.begin_the_next()
        return self.commit(right, ends=False) if isinstance(right, Right) else multiple()

    @precondition(lambda self: self.model.here and self.model.seen and not self.model.pending)
    @rule(target=Ground.tellings)
    def tell_the_next(self) -> Telling | MultipleResults:
        telling = self.resolve_the_next()
        if isinstance(telling, Telling):
            self.tell(telling, 1, "delta")
            self.finish(telling)
        return telling

    @rule(target=Ground.tellings, right=Ground.rights, ends=st.sampled_from((False, False, False, False, True)))
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

    @rule(right=Ground.rights, keep=st.booleans())
    def abort(self, right: Right, keep: bool) -> None:
        number = right.number + 1
        said = self.do(
            self.games.abort(
                self.game_id, number, fence=right.fence, key=right.key, action_hash=right.action, events=[("settled", b"")], keep=keep
            )
        )
        assert (said,) == self.model.abort(number, right.key, right.action, right.fence, keep=keep)

    @rule(telling=Ground.tellings, ahead=st.sampled_from((1, 1, 1, 0, 2)), event=st.sampled_from(("delta", "delta", "reset")))
    def tell(self, telling: Telling, ahead: int, event: str) -> None:
        number = telling.row.number
        k = self.model.last_k(number, 0) + ahead
        said = self.do(self.games.tell(self.game_id, number, fence=telling.fence, k=k, event=event, data=b""))
        assert (said,) == self.model.tell(number, telling.fence, k, event)

    @rule(telling=Ground.tellings, last=st.sampled_from((("told",), ("delta", "told"), ("delta", "delta", "ending", "told"))))
    def finish(self, telling: Telling, last: tuple[str, ...] = ("told",)) -> None:
        told = telling.row.told({"text": "x"})
        *before, _ = [(event, b"") for event in last]
        events = [*before, *told_events(told)]
        said = self.do(self.games.finish(told, fence=telling.fence, events=events))
        done = isinstance(said, Finished)
        assert (("OK", said.k) if done else (said,)) == self.model.finish(told, telling.fence, *last)
        if done:
            backlog = self.do(self.reads.backlog(self.game_id))
            assert said.backlog == (backlog if len(backlog[1]) <= ROWS_AT_ONCE else None)

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.model.jobs)))
        self.do(self.games.stop(self.game_id, number))
        self.model.jobs[number].stop = True

    # ---- jumps

    @rule(
        owner=st.sampled_from((OWNER, OWNER, OWNER, "another")),
        key=st.sampled_from((*_KEYS, "j0", "j1")),
        action=st.sampled_from((ACTION, ACTION, OTHER_ACTION)),
        ahead=st.sampled_from((0, 0, 0, 0, -1, 1)),
        status=st.sampled_from(("ACTIVE", "ACTIVE", "SUSPENDED")),
        allowed=st.sampled_from((frozenset({"ACTIVE"}), frozenset({"ACTIVE", "ENDED", "SUSPENDED"}))),
    )
    def jump(self, owner: str, key: str, action: str, ahead: int, status: str, allowed: frozenset[str]) -> None:
        number, text = max(self.model.number + ahead, 0) + 1, f"jump {next(numbers)}"
        row = a_row(
            number, key=key, action_hash=action, game_id=self.game_id, text=text, state_hash=text.encode().ljust(32), revision=TOLD,
            telling={"text": ""},
        )  # fmt: skip
        after = a_game(game_id=self.game_id, owner=owner, status=status, state=b"state", state_hash=row.state_hash, number=number)
        said = self.do(self.jumps.jump(row, after, allowed=allowed))
        promised = self.model.jump(row, owner, status, allowed)
        assert plain(said)[: len(promised)] == promised
        if promised[0] == "OK":
            self.acknowledged[text] = row

    @precondition(lambda self: self.model.here and self.model.seen and not self.model.pending)
    @rule()
    def jump_from_here(self) -> None:
        self.jump(OWNER, f"new {next(numbers)}", ACTION, 0, "ACTIVE", frozenset({"ACTIVE", "ENDED", "SUSPENDED"}))

    @precondition(lambda self: self.model.here and self.model.seen and not self.model.pending)
    @rule()
    def answer_without_a_turn_and_jump(self) -> None:
        """What was shown of the answer has the number that the jump gets."""
        right = self.begin_the_next()
        if isinstance(right, Right):
            self.abort(right, keep=True)
            self.jump_from_here()

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

    @rule(right=Ground.rights)
    def renew(self, right: Right) -> None:
        p = self.model.pending
        mine = p is not None and p.fence == right.fence
        assert self.do(self.games.renew_action(self.game_id, right.fence)) is mine
        if mine and p is not None:
            p.out = False

    @precondition(lambda self: self.model.pending)
    @rule(target=Ground.rights)
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
    @rule(target=Ground.tellings, data=st.data())
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
