"""Rules of the state machine that the two stores make: PostgreSQL takes, loads and erases; Redis forgets, or is given an older copy."""

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, consumes, multiple, precondition, rule

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.archive import Saved
from tests.integration.game.live_games import OWNER
from tests.integration.game.machine import Batch, Ground, Load, Old
from tests.integration.game.model import Model, copy_of

_ERASED_AFTER = 3
"""So many turns are played before a game is erased: nothing comes after that."""


class Kept(Ground):
    """What becomes of a game between Redis and PostgreSQL."""

    @precondition(lambda self: self.model.unsaved and not self.archive.away and not self.model.halted)
    @rule()
    def postgresql_takes_all_there_is(self) -> None:
        batch = self.save()
        if isinstance(batch, tuple):
            game, revisions = batch
            self.do(self.keeping.ack(self.game_id, game.epoch, revisions))
            self.model.ack(game.epoch, revisions)

    # ---- PostgreSQL

    @precondition(lambda self: self.model.unsaved)
    @rule(target=Ground.batches)
    def save(self) -> Batch | MultipleResults:
        """What is read may be sent at once; what PostgreSQL took may be acknowledged late, twice, or never."""
        backlog = self.do(self.reads.backlog(self.game_id))
        if backlog is None or not backlog[1] or backlog[0].halted or self.archive.away:
            return multiple()
        game, rows = backlog
        if game.doubt and not self.archive.erased:
            self.agree()
            return multiple()
        (saved,) = self.do(self.archive.save([(game, rows)]))
        assert isinstance(saved, Saved)
        if saved.outcome == "STALE":
            self.reconcile()
        elif saved.outcome == "ERASED":
            self.erase()
        elif saved.outcome != "SAVED":
            assert self.tampered, "only an older copy of the data can contradict PostgreSQL"
            self.do(self.keeping.quarantine(self.game_id, game.epoch, saved.outcome))
            self.model.quarantine(game.epoch, saved.outcome)
        return (game, {row.number: row.revision for row in rows}) if saved.outcome == "SAVED" else multiple()

    @rule(batch=Ground.batches, data=st.data())
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
        except (errors.Unavailable, errors.NotFound):
            assert self.archive.away or self.archive.erased
        if self.archive.game.epoch != epoch:
            assert not self.model.here
            self._restored()

    @precondition(lambda self: not self.archive.away and not self.archive.erased)
    @rule(target=Ground.loads)
    def load_slowly(self) -> Load:
        """A load that comes to Redis late, when others may have been quicker."""
        loaded: Load = self.do(self.archive.load(self.game_id))
        return loaded

    @rule(load=consumes(Ground.loads))
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

    @precondition(lambda self: not self.archive.away and not self.archive.erased and self.model.here)
    @rule()
    def reconcile(self) -> None:
        behind = self._is_behind()
        self.do(self.loading.reconcile(self.game_id))
        self._agreed(behind=behind, loaded=True)

    @precondition(lambda self: not self.archive.erased and self.model.here and (self.model.doubt or not self.model.seen))
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

    # ---- games that are erased

    @precondition(lambda self: not self.archive.away and (self.archive.erased or len(self.acknowledged) >= _ERASED_AFTER))
    @rule()
    def erase(self) -> None:
        """In PostgreSQL for good, and here; it may be done again, for a load that was under way may bring the game back."""
        self.archive.erased = True
        shown = self.model.streams
        self.do(self.erasures.drop_game(self.game_id, self.highest))
        self.do(self._told_of_it(shown))
        self.excused |= self.acknowledged.keys()
        self.tampered = True
        self.model = Model()

    async def _told_of_it(self, shown: dict[int, list[tuple[int, str]]]) -> None:
        """Who follows what had not come to its end is told, and nothing else is left; soon nothing is."""
        for number, events in shown.items():
            left = await self.reads.entries(self.game_id, number)
            k, last = events[-1]
            assert [(one.k, one.event) for one in left] == ([] if last in {"told", "settled"} else [(k + 1, "erased")])
            await self.redis.delete(keys.stream(self.game_id, number))

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
    @rule(target=Ground.copies)
    def copy(self) -> Old:
        return self.do(self._copied())

    @precondition(lambda self: self._has_gone_on())
    @rule(old=Ground.copies, found_out=st.booleans())
    def an_old_copy_comes_back(self, old: Old, *, found_out: bool) -> None:
        self.do(self._bring_back(old))
        self.excused |= self.acknowledged.keys()
        self.tampered = True
        self.quiet_until = len(self.acknowledged) + 3
        self.model = copy_of(old.model)
        self.model.seen = not self.model.here
        if found_out and self.model.here and not self.archive.erased:
            self.agree()

    def _has_gone_on(self) -> bool:
        """Disasters are rare: there are a few turns between any two."""
        return len(self.acknowledged) >= self.quiet_until

    async def _copied(self) -> Old:
        async with self.redis.pipeline(transaction=False) as pipe:
            for name in self.own():
                pipe.dump(name)
            dumps = dict(zip(self.own(), await pipe.execute(), strict=True))
        return Old(dumps=dumps, scores={zset: await self.scores(zset) for zset in self.zsets()}, model=copy_of(self.model))

    async def _forget(self) -> None:
        scores = {zset: await self.scores(zset) for zset in self.zsets()}
        async with self.redis.pipeline(transaction=False) as pipe:
            for name in self.own():
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
