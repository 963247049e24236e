"""What models were asked and gave, on its way to whoever keeps it: in batches, and again until it is kept."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter

from services.chassis import errors
from services.chassis.logs import log
from services.llm_proxy.generation import Generation, Purpose
from services.llm_proxy.journeys import Journey

BATCH_SECONDS = 5.0
BATCH_MOST = 500
CLOSE_SECONDS = 2.0
KEPT_MOST = 20_000
"""How many calls are kept while nobody takes them; the oldest go first."""
_log = log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a model, and how it ended: `outcome` is "OK", "CUT" (nobody waited for its end) or a reason."""

    call_id: UUID
    purpose: Purpose
    backend: str
    model: str
    outcome: str
    prompt_tokens: int
    completion_tokens: int
    first_token_ms: int | None
    duration_ms: int
    at: datetime


class Ledger(Protocol):
    """Keeps calls."""

    async def record(self, calls: Sequence[Call]) -> None:
        """Keeps calls; the same call twice is one call. Raises errors.Failure."""


class Usage:
    """The calls that are still to be kept."""

    def __init__(self, ledger: Ledger, registry: CollectorRegistry) -> None:
        self._ledger = ledger
        self._calls: deque[Call] = deque()
        self._wanted = asyncio.Event()
        self._lost = Counter("llm_usage_lost", "Calls that nobody kept.", registry=registry)

    def note(self, journey: Journey, made: Generation | None, outcome: str, now: float) -> None:
        """A generation has ended."""
        first = journey.first_text_at
        seconds = now - journey.began
        if len(self._calls) >= KEPT_MOST:
            self._calls.popleft()
            self._lost.inc()
        self._calls.append(
            Call(
                call_id=journey.call_id,
                purpose=journey.ask.purpose,
                backend=journey.backend,
                model=journey.model,
                outcome=outcome,
                prompt_tokens=0 if made is None else made.ending.prompt_tokens,
                # Who was cut off has had at least a token a piece.
                completion_tokens=len(journey.sent) if made is None else made.ending.completion_tokens,
                first_token_ms=None if first is None else round((first - journey.began) * 1000),
                duration_ms=round(seconds * 1000),
                at=datetime.now(UTC) - timedelta(seconds=seconds),
            )
        )
        if len(self._calls) >= BATCH_MOST:
            self._wanted.set()

    async def run(self) -> None:
        """Hands calls on, for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BATCH_SECONDS):
                    await self._wanted.wait()
            self._wanted.clear()
            if not await self.flush():
                await asyncio.sleep(BATCH_SECONDS)

    async def flush(self) -> bool:
        """Hands on what there is: whether it was taken."""
        while self._calls:
            batch = [self._calls[at] for at in range(min(BATCH_MOST, len(self._calls)))]
            try:
                await self._ledger.record(batch)
            except (errors.Unavailable, errors.OutOfTime) as failed:
                _log.info("calls are not kept yet", calls=len(self._calls), reason=failed.reason)
                return False
            except errors.Failure as failed:  # it will not take these, however often
                _log.error("calls are not kept", calls=len(batch), reason=failed.reason, detail=failed.message)
                self._lost.inc(len(batch))
            for _ in range(min(len(batch), len(self._calls))):
                self._calls.popleft()
        return True

    async def close(self) -> None:
        """Hands on what there is, if that goes quickly."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.flush()
