"""The invariants that are sampled in PostgreSQL and Redis while everything breaks, and once more when all has settled."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import asyncpg
from redis.exceptions import RedisError

from tests.chaos.clients import BROKEN, Browser, Recorded
from tests.chaos.history import Violation
from tests.chaos.processes import Kept
from tests.chaos.stored import Live, Log, Position, Stores, replayed

EVERY_SECONDS = 0.5
MEMORY_MOST, DESCRIPTORS_MOST = 400 << 20, 600
AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, RedisError, OSError, TimeoutError)


class Watch:
    """Samples both stores and the processes. What it finds wrong stands in `violations`, each thing once."""

    def __init__(self, stores: Stores, processes: Iterable[Kept]) -> None:
        self.violations: list[Violation] = []
        self.samples: Counter[str] = Counter()
        self.heaviest: dict[str, tuple[int, int]] = {}
        self._stores = stores
        self._processes = list(processes)
        self._positions: dict[str, tuple[int, int]] = {}
        self._fences: dict[str, tuple[int, int, int]] = {}
        self._written: dict[tuple[str, int], tuple[int, str, str | None]] = {}
        self._wiped_at = float("-inf")
        self._said: set[tuple[str, str, str]] = set()

    def wiped(self) -> None:
        """Says that Redis begins anew: what it held before binds it no more."""
        self._fences.clear()
        self._wiped_at = time.monotonic()

    async def run(self) -> None:
        """Samples for ever."""
        while True:
            await self.sample()
            await asyncio.sleep(EVERY_SECONDS)

    async def sample(self) -> None:
        """Looks once at everything that can be reached."""
        began = time.monotonic()
        try:
            positions = {one.game: one for one in await self._stores.positions()}
            self._in_database(positions.values())
            self._written_once(await self._stores.written())
            self.samples["PostgreSQL"] += 1
        except AWAY:
            positions = {}
        try:
            live = await self._stores.live(list(self._positions))
            if self._wiped_at < began:
                self._in_store(live, positions)
                self.samples["Redis"] += 1
        except AWAY:
            pass
        self._weigh()

    def _fault(self, invariant: str, game: str, kind: str, detail: str) -> None:
        if (invariant, game, kind) not in self._said:
            self._said.add((invariant, game, kind))
            self.violations.append(Violation(invariant=invariant, game=game, detail=f"{kind}: {detail}"))

    def _in_database(self, positions: Iterable[Position]) -> None:
        for one in positions:
            if (one.first, one.last, one.rows) != (0, one.number, one.number + 1):
                self._fault("I3", one.game, "gap", f"at number {one.number} the log has {one.rows} rows from {one.first} to {one.last}")
            before = self._positions.get(one.game)
            if before is not None and (one.epoch, one.number) < before:
                self._fault("I8", one.game, "fell", f"(epoch, number) was {before} and is {(one.epoch, one.number)}")
            self._positions[one.game] = (one.epoch, one.number)

    def _written_once(self, written: Mapping[tuple[str, int], tuple[int, str, str | None]]) -> None:
        """I7: what is written is never written over, but for a telling that was missing."""
        for (game, number), (revision, rules, telling) in written.items():
            was = self._written.get((game, number))
            if was is None:
                continue
            if was[1] != rules or revision < was[0] or (was[0] == 2 and was[2] != telling):
                self._fault("I7", game, "written over", f"row {number} was {was} and is {(revision, rules, telling)}")
        for game, number in self._written.keys() - written.keys():
            self._fault("I7", game, "deleted", f"row {number} is gone")
        self._written = dict(written)

    def _in_store(self, live: Sequence[Live], positions: Mapping[str, Position]) -> None:
        for one in live:
            if one.halted:
                self._fault("I9", one.game, "halted", f"it can't be written: {one.halted}")
            elif bool(one.rows) != one.dirty:
                self._fault("I9", one.game, "dirty", f"rows {sorted(one.rows)} wait and dirty is {one.dirty}")
            missing = set(range(one.persisted + 1, one.number + 1)) - one.rows
            if missing:
                self._fault(
                    "I9", one.game, "missing", f"persisted is {one.persisted}, number {one.number}, and rows {sorted(missing)} are nowhere"
                )
            was = self._fences.get(one.game)
            if was is not None and one.epoch == was[0] and (one.fence < was[1] or one.number < was[2]):
                self._fault("I7", one.game, "fence fell", f"(epoch, fence, number) was {was} and is {(one.epoch, one.fence, one.number)}")
            if was is not None and one.epoch < was[0]:
                self._fault("I8", one.game, "epoch fell", f"in Redis from {was[0]} to {one.epoch}")
            self._fences[one.game] = (one.epoch, one.fence, one.number)
            stored = positions.get(one.game)
            if stored is not None and stored.epoch == one.epoch and one.number < stored.number:
                self._fault("I9", one.game, "behind", f"Redis is at {one.number} where PostgreSQL was at {stored.number} before")

    def _weigh(self) -> None:
        for process in self._processes:
            weight = process.weight()
            if weight is None:
                continue
            most = self.heaviest.get(process.name, (0, 0))
            self.heaviest[process.name] = (max(weight[0], most[0]), max(weight[1], most[1]))
            if weight[0] > MEMORY_MOST or weight[1] > DESCRIPTORS_MOST:
                self._fault("I11", process.name, "heavy", f"{weight[0] >> 20} MB, {weight[1]} descriptors")
        self.samples["processes"] += 1

    async def settled(self, within: float) -> None:
        """I10: everything that was begun is brought to its end, and both stores say the same."""
        deadline = time.monotonic() + within
        while True:
            try:
                left = await self._stores.unsettled()
                if not left:
                    break
            except AWAY as error:
                left = {"asked": [repr(error)]}
            if time.monotonic() > deadline:
                self._fault("I10", "all", "unsettled", f"{within:.0f} s after the last fault there is left {left}")
                break
            await asyncio.sleep(0.2)
        await self.sample()
        positions = {one.game: one for one in await self._stores.positions()}
        for one in await self._stores.live(list(positions)):
            stored = positions[one.game]
            if (one.epoch, one.number) != (stored.epoch, stored.number) or one.dirty:
                self._fault(
                    "I10",
                    one.game,
                    "differ",
                    f"Redis is at {(one.epoch, one.number)}, PostgreSQL at {(stored.epoch, stored.number)}, dirty {one.dirty}",
                )

    async def in_the_end(self, logs: Mapping[str, Log]) -> None:
        """I5 over every game, and of every shown stream that is left: I6 against the kept text, I7 nothing after its end."""
        packs = await self._stores.packs()
        for log in logs.values():
            for wrong in replayed(log, packs[log.pack_hash]):
                self._fault(wrong.invariant, wrong.game, wrong.detail, "in the final log")
            for row, _ in log.rows[1:]:
                self._shown(
                    log.game, row.number, row.telling["text"] if row.telling else None, await self._stores.streams(log.game, row.number)
                )
        self.samples["games replayed"] = len(logs)
        self.samples["rows replayed"] = sum(len(log.rows) for log in logs.values())

    def _shown(self, game: str, number: int, text: str | None, entries: Sequence[tuple[int, str, dict[str, object]]]) -> None:
        names = [name for _, name, _ in entries]
        if "told" not in names:
            return
        self.samples["streams read"] += 1
        if names.count("told") > 1 or names[-1] != "told":
            self._fault("I7", game, "after the end", f"turn {number}: {[name for name in names if name != 'delta'][-6:]}")
        shown = ""
        for _, name, data in entries:
            if name == "reset":
                shown = ""
            elif name == "delta":
                shown += str(data["text"])
        if shown != text:
            self._fault("I6", game, "shown", f"turn {number} was shown as {shown!r} and is kept as {text!r}")


async def strangers(browser: Browser, recorded: Recorded, dice: random.Random, done: Counter[str]) -> None:
    """I12: somebody signed in asks for others' games, by every way in, for ever; any answer but "there is no such game" is a violation."""
    status, answer = await browser.persist("POST", "/v1/players:guest", body={"locale": "ko"})
    assert status == 200, answer
    token = answer["accessToken"]
    while True:
        await asyncio.sleep(0.25)
        games = [game for game, owner in recorded.owners.items() if owner != token]
        if not games:
            continue
        game = f"/v1/games/{dice.choice(games)}"
        body = {"command": {"verb": "WAIT"}, "expectedTurn": 0}
        method, path, sent = dice.choice(
            [
                ("GET", game, None),
                ("GET", f"{game}/turns/1", None),
                ("GET", f"{game}/turns/1:watch", None),
                ("GET", f"{game}/transcript", None),
                ("POST", f"{game}/turns", body),
                ("POST", f"{game}/turns:stream", body),
                ("POST", f"{game}/turns/1:stop", {}),
            ]
        )
        try:
            status, answer = await browser.call(method, path, token, sent, idempotency_key=f"stranger-{dice.random()}")
        except (*BROKEN, ValueError):
            continue
        done["asked by strangers"] += 1
        if status < 500 and answer.get("reason") not in {"GAME_NOT_FOUND", "TURN_RATE_LIMITED"}:
            recorded.fault("I12", game, f"{method} {path} by a stranger was answered {status} {answer}")
