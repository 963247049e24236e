"""The background sync: takes what Redis has and PostgreSQL lacks to persistence, in batches."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters.archive import Archive, Saved
from services.game.adapters.redis_erasures import RedisErasures
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads
from services.game.loading import Loading
from services.game.stored import TOLD, Backlog, LiveGame, Row
from services.game.workers import Workers

BATCH_GAMES = 200
_BATCH_ROWS = 1000
"""How many rows go together, unless one game alone has more."""
SWEEP_SECONDS = 1.0
"""How often all shards are asked for games that some process left dirty."""
_LEFT_MS = 1000
"""For how long a game must have been dirty to have been left: until then whoever plays it takes care of it."""
_PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0)
"""How long to wait after each failure in a row before the next try."""
_PUT_OFF_SECONDS = (1.0, 5.0, 30.0)
"""For how long a game is left alone after each time in a row that sending it met a defect."""
_DEFECTS_IN_A_ROW = 5
"""After so many games in a row that met a defect it is taken to be persistence's, and no game's own."""
_SLOW_SECONDS = 1.0
"""A write that takes longer than this is as good as none: nobody waits for it."""
_REST_SECONDS = 0.01
"""The longest that turns gather after a write before the next; after one that was quicker they gather as long as that took."""
_READ_AT_ONCE = 16
_TOLD_KEPT = 4096
"""How many rows that were told here are remembered until they are written."""
_log = log(__name__)

TurnId = tuple[str, int]


class Sync:
    """One loop a process. Any number may run: what is sent twice is stored once."""

    def __init__(
        self,
        keeping: RedisKeeping,
        reads: RedisReads,
        archive: Archive,
        loading: Loading,
        erasures: RedisErasures,
        workers: Workers,
        registry: CollectorRegistry,
    ) -> None:
        """`workers`: those whose turns it writes."""
        self._keeping = keeping
        self._workers = workers
        self._erasures = erasures
        self._reads = reads
        self._archive = archive
        self._loading = loading
        self._due: dict[str, Backlog | None] = {}
        """What is to be written of games; None: that is still to be read."""
        self._left: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._enough = asyncio.Event()
        self._waiting: defaultdict[TurnId, set[asyncio.Future[int | None]]] = defaultdict(set)
        self._told: OrderedDict[TurnId, int] = OrderedDict()
        self._failures = 0
        self._put_off: dict[str, tuple[int, float]] = {}
        self._defects = 0
        self._sent_at: float | None = None
        self._answered_at = 0.0
        """When the last write was answered; the rest after it is counted from there."""
        self._rests_until = 0.0
        self._places = asyncio.Semaphore(_READ_AT_ONCE)
        self._saved = Counter("maratang_sync_games", "Games sent to persistence, by outcome.", ("outcome",), registry=registry)
        self._failed = Counter("maratang_sync_failures", "Batches that persistence did not take.", ("reason",), registry=registry)

    def nudge(self, game_id: str) -> None:
        """Says that a game has something to write; it is written as soon as no other batch is under way."""
        self._due[game_id] = None
        self._wake.set()

    def told(self, row: Row, backlog: Backlog | None) -> None:
        """Says that a row was told here, and what is to be written of its game by now; None: that is still to be read."""
        self._told[row.game_id, row.number] = row.created_ms
        while len(self._told) > _TOLD_KEPT:
            self._told.popitem(last=False)
        # What is due already may have come later than this; and while nothing is taken, nothing is kept here.
        self._due[row.game_id] = None if row.game_id in self._due or self.is_away else backlog
        self._wake.set()
        if len(self._due) >= len(self._workers):
            self._enough.set()

    @property
    def is_away(self) -> bool:
        """Whether PostgreSQL takes nothing at present, as far as is known here."""
        return self._failures > 0 or (self._sent_at is not None and time.monotonic() - self._sent_at > _SLOW_SECONDS)

    async def told_in_database(self, row: Row, k: int, *, patience: timedelta) -> bool:
        """Whether PostgreSQL has a row with its telling, which ends at the place `k` of its stream.

        Waits a little for it; not at all while PostgreSQL is away.
        """
        turn = (row.game_id, row.number)
        if self.is_away:
            return await self._reads.is_safe(*turn, k)
        arrived: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting[turn].add(arrived)
        try:
            # What was told here and not written since is known not to be there: Redis need not be asked.
            if self._told.get(turn) != row.created_ms and await self._reads.is_safe(*turn, k):
                return True
            async with asyncio.timeout(patience.total_seconds()):
                if await arrived == row.created_ms:
                    return True
        except TimeoutError:
            _log.debug("answered before it was written", game=row.game_id, turn=row.number)
        finally:
            self._waiting[turn].discard(arrived)
            if not self._waiting[turn]:
                del self._waiting[turn]
        return await self._reads.is_safe(*turn, k)

    async def run(self) -> None:
        """Writes what is due, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
            except errors.Failure as failed:
                self._failed.labels(failed.reason).inc()
                if self._failures == 0:
                    # What passes by itself is a warning; what somebody must mend is not.
                    say = _log.warning if isinstance(failed, errors.Unavailable | errors.OutOfTime) else _log.error
                    say("sync is failing", reason=failed.reason, detail=failed.message)
                    for waiting in list(self._waiting.values()):
                        _tell(waiting, None)
                await asyncio.sleep(_PAUSE_SECONDS[min(self._failures, len(_PAUSE_SECONDS) - 1)])
                self._failures += 1
                self._due = dict.fromkeys(self._due)
                self._wake.set()

    async def sweep(self) -> None:
        """Finds the games that another process left dirty, for ever."""
        while True:
            try:
                for game_id in await self._reads.dirty_games(limit=BATCH_GAMES, for_ms=_LEFT_MS):
                    self._left[game_id] = None
                if self._left:
                    self._wake.set()
            except errors.Unavailable as failed:
                _log.warning("dirty games can't be read", reason=failed.reason)
            await asyncio.sleep(SWEEP_SECONDS)

    async def drain(self) -> None:
        """Writes what is due here before the process ends; what can't be written stays dirty for the next one."""
        try:
            await self._flush()
        except errors.Failure as failed:
            _log.warning("left unwritten", games=len(self._due), reason=failed.reason)

    async def _flush(self) -> None:
        """Writes all that is due. What was left lying goes beside it, and pauses as long as it works: turns come first."""
        while self._due or self._left:
            await self._gathered()
            batch, began = self._batch(), time.monotonic()
            if not batch:
                continue
            try:
                await self._write(batch)
                if time.monotonic() - began > _SLOW_SECONDS:
                    self._due = dict.fromkeys(self._due)  # what is known of them is old by now
            except BaseException:
                # Once more: another process may have written it, and then it is no more in the way.
                self._left.update(dict.fromkeys(batch))
                raise
            if self._failures and not self._defects:
                _log.info("sync goes on", failures=self._failures)
                self._failures = 0
            self._rests_until = self._answered_at + min(max(0.0, self._answered_at - began), _REST_SECONDS)
            if not self._due and self._left:
                self._wake.clear()
                await _woken(self._wake, within=time.monotonic() - began)

    async def _gathered(self) -> None:
        """Waits for turns that may soon be told, but not where as many wait as are at work: most of those would come too late."""
        left = self._rests_until - time.monotonic()
        if left > 0 and len(self._due) < len(self._workers):
            self._enough.clear()
            await _woken(self._enough, within=left)

    def _batch(self) -> dict[str, Backlog | None]:
        """The games to be written next; while PostgreSQL is away, one, to see whether it is back."""
        most = 1 if self._failures else BATCH_GAMES
        batch = {game_id: self._due.pop(game_id) for game_id in list(self._due)[:most]}
        for game_id in list(self._left)[: most - len(batch)]:
            del self._left[game_id]
            batch.setdefault(game_id, None)
        # One that is put off stays dirty, and so is found again when its time has come.
        now = time.monotonic()
        return {one: batch[one] for one in sorted(batch) if one not in self._put_off or self._put_off[one][1] <= now}

    async def _write(self, batch: Mapping[str, Backlog | None]) -> None:
        backlogs = await asyncio.gather(*(self._backlog(game_id, known) for game_id, known in batch.items()))
        together: list[Backlog] = []
        rows = 0
        for backlog in backlogs:
            if backlog is None:
                continue
            if together and rows + len(backlog[1]) > _BATCH_ROWS:
                await self._send(together)
                together, rows = [], 0
            together.append(backlog)
            rows += len(backlog[1])
        if together:
            await self._send(together)

    async def _backlog(self, game_id: str, known: Backlog | None) -> Backlog | None:
        """What is to be written of a game; None: nothing. One that is played in doubt is compared with PostgreSQL first."""
        async with self._places:
            backlog = known or await self._reads.backlog(game_id)
            if backlog is not None and backlog[0].doubt:
                await self._loading.agree(game_id)
                backlog = await self._reads.backlog(game_id)
            if backlog is None or not backlog[1] or backlog[0].halted:
                self._put_off.pop(game_id, None)
                return None
            return backlog

    async def _send(self, games: Sequence[Backlog]) -> None:
        """Sends games; where persistence refuses a batch as a whole, or trips over it, halves it until the one that spoils it is alone.

        Only what is wrong with a game itself sets it aside. A defect puts it off; whatever else fails is raised, and all is sent again.
        """
        try:
            self._sent_at = time.monotonic()
            outcomes = await self._archive.save(games)
            self._answered_at = time.monotonic()
        except (errors.Invalid, errors.Internal) as failed:
            if len(games) > 1:
                middle = len(games) // 2
                await self._send(games[:middle])
                await self._send(games[middle:])
                return
            if isinstance(failed, errors.Internal):
                self._put_off_for_a_while(games[0][0].game_id, failed)
                return
            outcomes = [Saved(game_id=games[0][0].game_id, outcome="POISON", detail=f"{failed.reason}: {failed.message}")]
        finally:
            self._sent_at = None
        self._defects = 0
        for game, _ in games:
            self._put_off.pop(game.game_id, None)
        await asyncio.gather(*(self._settle(game, rows, saved) for (game, rows), saved in zip(games, outcomes, strict=True)))

    def _put_off_for_a_while(self, game_id: str, failed: errors.Internal) -> None:
        """Leaves a game alone that met a defect. Raises the failure where game after game meets one."""
        tries = self._put_off.get(game_id, (0, 0.0))[0] + 1
        seconds = _PUT_OFF_SECONDS[min(tries, len(_PUT_OFF_SECONDS)) - 1]
        self._put_off[game_id] = (tries, time.monotonic() + seconds)
        self._defects += 1
        if self._defects >= _DEFECTS_IN_A_ROW:
            raise failed
        self._failed.labels(failed.reason).inc()
        _log.error("game put off", game=game_id, reason=failed.reason, detail=failed.message, tries=tries)

    async def _settle(self, game: LiveGame, rows: Sequence[Row], saved: Saved) -> None:
        self._saved.labels(saved.outcome).inc()
        told = [row for row in rows if row.revision == TOLD]
        if saved.outcome == "SAVED":
            # Who waits for PostgreSQL need not wait until Redis knows, too.
            self._let_go(told)
            async with self._places:
                await self._keeping.ack(game.game_id, game.epoch, {row.number: row.revision for row in rows})
            for row in told:
                self._told.pop((row.game_id, row.number), None)
            self._let_go(told)  # who has come meanwhile
        elif saved.outcome == "STALE":
            for row in told:  # another process has it in hand
                self._told.pop((row.game_id, row.number), None)
                _tell(self._waiting.get((row.game_id, row.number), ()), None)
            await self._stale(game, saved.detail)
        elif saved.outcome == "ERASED":
            await self._erasures.drop_game(game.game_id, game.number)
        elif saved.outcome != "GAP" or not await self._filled(game, rows[0].number, saved.detail):
            _log.error("game can't be written", game=game.game_id, outcome=saved.outcome, detail=saved.detail)
            await self._keeping.quarantine(game.game_id, game.epoch, saved.outcome)

    async def _stale(self, game: LiveGame, detail: str) -> None:
        """Another process may just have been quicker with a newer snapshot; if not, the game was loaded elsewhere."""
        now = await self._reads.game(game.game_id)
        if now is not None and (now.epoch, now.number) != (game.epoch, game.number):
            self.nudge(game.game_id)
        elif now is not None:
            _log.info("game is behind what is stored", game=game.game_id, detail=detail)
            await self._loading.reconcile(game.game_id)

    async def _filled(self, game: LiveGame, first: int, detail: str) -> bool:
        """Whether rows before the `first` sent were what PostgreSQL lacked, having been restored from an older backup.

        Then it gets them once more, or, where Redis has them no longer, the game goes back to what PostgreSQL has.
        """
        refilled = await self._loading.refilled(game, first)
        if refilled:
            _log.error("rows are written once more", game=game.game_id, rows=refilled, before=first, detail=detail)
            self._saved.labels("REFILLED").inc()
            self.nudge(game.game_id)
        if refilled is not None:
            return refilled > 0
        try:
            number = await self._loading.set_back(game)
        except errors.NotFound:
            number = -1
            await self._erasures.drop_game(game.game_id, game.number)
        _log.error("game set back", game=game.game_id, from_turn=game.number, to_turn=number, detail=detail)
        self._saved.labels("SET_BACK").inc()
        return True

    def _let_go(self, rows: Iterable[Row]) -> None:
        """Tells those who wait for turns that these rows of them are written."""
        for row in rows:
            _tell(self._waiting.get((row.game_id, row.number), ()), row.created_ms)


def _tell(waiting: Iterable[asyncio.Future[int | None]], made: int | None) -> None:
    """Tells those who wait for a turn when the row written of it was made; None: none was, and they shall look for themselves."""
    for arrived in waiting:
        if not arrived.done():
            arrived.set_result(made)


async def _woken(event: asyncio.Event, *, within: float) -> None:
    """Returns when the event is set, or after so many seconds."""
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return
