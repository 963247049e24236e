"""Deleting what has been kept long enough: in small batches, so that nothing else waits."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter

from services.chassis import errors
from services.chassis.logs import log
from services.persistence.audit import AuditEntry, Deed

TOMBSTONES_KEPT = timedelta(days=7)
"""For so long what was erased may still arrive from somewhere."""
_PAUSE_SECONDS = 0.05
_log = log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """For how long things are kept; None: for ever."""

    texts: timedelta | None
    """What was written and told in games that have ended."""
    guests: timedelta | None
    """Guests who never played and whose sessions have expired."""
    audit: timedelta | None
    model_calls: timedelta | None
    """Single calls; their sums stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """How much of each was deleted."""

    texts: int = 0
    guests: int = 0
    sessions: int = 0
    audit_entries: int = 0
    model_calls: int = 0


class Store(Protocol):
    """Deletes a batch of what is older than so long; whether there may be more, and how many went. All may raise errors.Unavailable."""

    async def texts(self, older: timedelta) -> tuple[bool, int]:
        """Texts of ended games; counts games."""
        ...

    async def guests(self, older: timedelta) -> tuple[bool, int]:
        """Guests without games and sessions."""
        ...

    async def sessions(self, older: timedelta) -> tuple[bool, int]:
        """Sessions that expired so long ago."""
        ...

    async def audit_entries(self, older: timedelta) -> tuple[bool, int]:
        """Entries of the audit; none of the last month, whatever is asked."""
        ...

    async def model_calls(self, older: timedelta) -> tuple[bool, int]:
        """Single calls of models."""
        ...

    async def tombstones(self, older: timedelta) -> tuple[bool, int]:
        """What is remembered of what was erased."""
        ...


class Ledger(Protocol):
    """Keeps what was done."""

    async def record(self, deed: Deed) -> tuple[AuditEntry, bool]:
        """Keeps a deed. Raises errors.Unavailable."""
        ...


class Retention:
    """Any number of processes may run it: each deletes what the others have not locked."""

    def __init__(self, store: Store, ledger: Ledger, kept: Kept, registry: CollectorRegistry, *, every: timedelta) -> None:
        self._store = store
        self._ledger = ledger
        self._kept = kept
        self._every = every
        self._deleted = Counter("maratang_retention_deleted", "What was deleted for its age, by kind.", ("kind",), registry=registry)

    async def run(self) -> None:
        """Deletes from time to time, for ever."""
        while True:
            await asyncio.sleep(self._every.total_seconds())
            try:
                await self.round(within=self._every)
            except errors.Failure as failed:
                _log.warning("retention gave up", reason=failed.reason)

    async def round(self, *, within: timedelta) -> Deleted:
        """Deletes what is due, for so long at most; what is left then, is left to the next round. Raises Unavailable."""
        until = asyncio.get_running_loop().time() + within.total_seconds()
        store, kept = self._store, self._kept
        deleted = Deleted(
            texts=await self._all("texts", store.texts, kept.texts, until),
            guests=await self._all("guests", store.guests, kept.guests, until),
            sessions=await self._all("sessions", store.sessions, timedelta(0), until),
            audit_entries=await self._all("audit_entries", store.audit_entries, kept.audit, until),
            model_calls=await self._all("model_calls", store.model_calls, kept.model_calls, until),
        )
        await self._all("tombstones", store.tombstones, TOMBSTONES_KEPT, until)
        counts = {kind: count for kind, count in asdict(deleted).items() if count}
        if counts:
            await self._ledger.record(Deed(actor="retention", method="RunRetention", subject="everything", after=counts))
            _log.info("retention deleted", **counts)
        return deleted

    async def _all(
        self, kind: str, batch: Callable[[timedelta], Awaitable[tuple[bool, int]]], older: timedelta | None, until: float
    ) -> int:
        total, more = 0, older is not None
        while older is not None and more and asyncio.get_running_loop().time() < until:
            more, count = await batch(older)
            total += count
            self._deleted.labels(kind).inc(count)
            await asyncio.sleep(_PAUSE_SECONDS)
        return total
