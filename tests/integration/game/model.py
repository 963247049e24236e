"""What the scripts promise of a game in Redis, as plain Python. Nothing here knows how Redis does it."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from services.game.adapters.redis_games import KEYS_KEPT
from services.game.stored import RESOLVED, TOLD, LiveGame, Row
from tests.integration.game.live_games import OWNER

EPOCH = 1_000_000
Answer = tuple[object, ...]


@dataclass(slots=True)
class Pending:
    """The action being decided."""

    key: str
    action: str
    fence: int
    k0: int
    nonce: str
    out: bool = False
    """Whether its lease has run out."""


@dataclass(slots=True)
class Job:
    """A row's telling."""

    fence: int
    nonce: str
    k: int
    stop: bool = False
    out: bool = False


@dataclass(slots=True)
class Model:
    """A game's keys. What is shown outlives them."""

    here: bool = False
    seen: bool = True
    doubt: bool = False
    epoch: int = 0
    number: int = 0
    persisted: int = 0
    fence: int = 0
    status: str = "ACTIVE"
    halted: str = ""
    dirty: bool = False
    quarantined: bool = False
    live: bool = False
    pending: Pending | None = None
    unsaved: dict[int, Row] = field(default_factory=dict)
    untold: dict[int, Row] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    keys: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    streams: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def last_k(self, number: int, epoch: int | None = None) -> int:
        shown = self.streams.get(number)
        return shown[-1][0] if shown else (self.epoch if epoch is None else epoch) % 2000 * EPOCH

    def show(self, number: int, *events: str) -> int:
        for event in events:
            self.streams.setdefault(number, []).append((self.last_k(number) + 1, event))
        return self.last_k(number)

    def remember(self, key: str, action: str, number: int, k0: int) -> None:
        self.keys.pop(key, None)
        self.keys[key] = (action, number, k0)
        if len(self.keys) > KEYS_KEPT:
            del self.keys[next(iter(self.keys))]

    def begin(self, owner: str, key: str, action: str, expected: int, nonce: str) -> Answer:
        if not self.here:
            return ("ABSENT",)
        if not self.seen:
            return ("UNSEEN",)
        if owner != OWNER:
            return ("NOT_OWNER",)
        if key in self.keys:
            known, number, k0 = self.keys[key]
            return ("DONE", number, k0) if known == action else ("MISMATCH",)
        p = self.pending
        if p is not None and p.key == key:
            if p.action != action:
                return ("MISMATCH",)
            return ("GRANTED", p.fence, p.k0) if p.nonce == nonce else ("RUNNING", self.number + 1, p.k0)
        if expected != self.number:
            return ("CONFLICT", self.number)
        if p is not None:
            return ("BUSY",)
        if self.halted == "DIVERGED" or self.status != "ACTIVE":
            return ("CLOSED", self.halted if self.halted == "DIVERGED" else self.status)
        self.fence += 1
        k0 = self.show(self.number + 1, "accepted")
        self.pending = Pending(key, action, self.fence, k0, nonce)
        self.live = True
        return ("GRANTED", self.fence, k0)

    def commit(self, row: Row, fence: int, nonce: str, status: str) -> Answer:
        if not self.here:
            return ("ABSENT",)
        if row.key in self.keys:
            job = self.jobs.get(row.number)
            return ("OK", job.fence, job.k) if job is not None and job.nonce == nonce else ("DONE",)
        if self.pending is None or (self.pending.fence, self.pending.key) != (fence, row.key):
            return ("FENCED",)
        if self.number + 1 != row.number:
            return ("CONFLICT",)
        self.fence += 1
        self.number, self.status = row.number, status
        self.unsaved[row.number] = row
        self.remember(row.key, row.action_hash, row.number, self.pending.k0)
        self.pending = None
        self.dirty = self.dirty or not self.halted
        k = self.show(row.number, "resolved")
        self.jobs[row.number] = Job(self.fence, nonce, k)
        return ("OK", self.fence, k)

    def jump(self, row: Row, owner: str, status: str, allowed: frozenset[str]) -> Answer:
        """`row` has the number after the one that its sender expects the game to be at."""
        if not self.here:
            return ("ABSENT",)
        if not self.seen:
            return ("UNSEEN",)
        if owner != OWNER:
            return ("NOT_OWNER",)
        if row.key in self.keys:
            known, number, _ = self.keys[row.key]
            return ("DONE", number) if known == row.action_hash else ("MISMATCH",)
        if row.number != self.number + 1:
            return ("CONFLICT", self.number)
        if self.pending is not None:
            return ("BUSY",)
        if self.halted == "DIVERGED" or self.status not in allowed:
            return ("CLOSED", self.halted if self.halted == "DIVERGED" else self.status)
        self.number, self.status = row.number, status
        self.unsaved[row.number] = row
        self.remember(row.key, row.action_hash, row.number, 1)
        self.streams.pop(row.number, None)
        self.dirty = self.dirty or not self.halted
        self.live = True
        return ("OK", row.number)

    def abort(self, number: int, key: str, action: str, fence: int, *, keep: bool) -> Answer:
        if not self.here:
            return ("ABSENT",)
        if key in self.keys:
            return ("DONE",)
        if self.pending is None or (self.pending.fence, self.pending.key) != (fence, key):
            return ("FENCED",)
        if keep:
            self.remember(key, action, -number, self.pending.k0)
        self.pending = None
        self.show(number, "settled")
        return ("OK",)

    def holds(self, number: int) -> bool:
        return number in self.unsaved or number in self.untold

    def tell(self, number: int, fence: int, k: int, event: str) -> Answer:
        job = self.jobs.get(number)
        if job is None or job.fence != fence or not self.holds(number):
            return ("FENCED",)
        if job.stop and event == "delta":
            return ("STOPPED",)
        last = self.last_k(number, 0)
        if k != last + 1:
            return ("DUP",) if k <= last else ("GAP",)
        self.show(number, event)
        job.out = False
        return ("OK",)

    def finish(self, row: Row, fence: int, *events: str) -> Answer:
        job = self.jobs.get(row.number)
        kept = self.unsaved.get(row.number)
        if job is None and kept is not None and kept.revision == TOLD:
            return ("DONE",)
        if job is None or job.fence != fence or not self.holds(row.number):
            return ("FENCED",)
        if job.stop and "delta" in events:
            return ("STOPPED",)
        self.unsaved[row.number] = row
        self.untold.pop(row.number, None)
        self.dirty = self.dirty or not self.halted
        del self.jobs[row.number]
        return ("OK", self.show(row.number, *events))

    def take_over(self, number: int | None) -> Answer:
        """Of the pending action (None), or of a row's telling."""
        job = self.pending if number is None else self.jobs.get(number)
        if job is None or not self.here or (number is not None and not self.holds(number)):
            if number is None:
                self.pending = None
            else:
                self.jobs.pop(number, None)
            return ("GONE",)
        if not self.seen:
            return ("UNSEEN",)
        if not job.out:
            return ("HELD",)
        self.fence += 1
        job.fence, job.out, job.nonce = self.fence, False, ""
        return ("TAKEN", self.fence)

    def ack(self, epoch: int, revisions: dict[int, int]) -> None:
        if not self.here or epoch != self.epoch:
            return
        for number, revision in revisions.items():
            row = self.unsaved.get(number)
            self.persisted = max(self.persisted, number)
            if row is not None and row.revision == revision:
                del self.unsaved[number]
                if revision == RESOLVED:
                    self.untold[number] = row
        self.dirty = self.dirty and bool(self.unsaved)

    def restore(self, game: LiveGame, rows: Sequence[Row], over: tuple[int, int] | None) -> str:
        if self.here and over != (self.epoch, self.number):
            if self.epoch >= game.epoch:
                return "EXISTS"
            if self.persisted < game.number:
                return "BEHIND"
            self.epoch, self.fence = game.epoch, max(self.fence, game.epoch * EPOCH)
            return "EXISTS"
        fence = max(self.fence if self.here else 0, game.epoch * EPOCH)
        kept = Model(streams=self.streams, jobs=self.jobs)
        for name in ("keys", "pending", "unsaved", "untold", "dirty", "quarantined", "halted", "doubt"):
            setattr(self, name, getattr(kept, name))
        self.here = self.seen = self.live = True
        self.epoch, self.number, self.persisted, self.fence, self.status = game.epoch, game.number, game.number, fence, game.status
        for row in rows:
            if row.key:
                self.remember(row.key, row.action_hash, row.number, 0)
            if row.telling is None:
                self.untold[row.number] = row
                if self.last_k(row.number) < game.epoch % 2000 * EPOCH:
                    self.streams[row.number].append((game.epoch % 2000 * EPOCH + 1, "accepted"))
                else:
                    self.show(row.number, "accepted")
                self.jobs[row.number] = Job(0, "", self.show(row.number, "resolved", "reset"), out=True)
        return "OK"

    def evict(self, number: int) -> Answer:
        if not self.here:
            self.live = False
            return ("ABSENT",)
        if self.pending is not None:
            return ("DECIDING",)
        if self.unsaved or self.number != self.persisted:
            return ("DIRTY",)
        if self.untold:
            return ("TELLING",)
        if number != self.number:
            return ("PLAYED",)
        self.here = self.live = self.quarantined = False
        self.keys, self.halted, self.doubt = {}, "", False
        return ("OK",)

    def quarantine(self, epoch: int, outcome: str) -> None:
        if self.here and epoch == self.epoch:
            self.halted, self.dirty, self.quarantined = outcome, False, True

    def requeue(self) -> bool:
        if self.here:
            self.halted, self.quarantined = "", False
            self.dirty = self.dirty or bool(self.unsaved)
        return self.here


def copy_of(model: Model) -> Model:
    """The model as it is now."""
    return deepcopy(model)
