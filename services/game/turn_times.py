"""How long a turn takes as its player sees it: to its outcome, to the first words of its telling, to its end."""

import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Histogram

from services.chassis import context

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_MARKS = {"resolved": "resolved", "delta": "text", "told": "done", "settled": "done"}
"""What an event of a turn's stream is the first mark of."""


class TurnTimes:
    """The times of turns that were asked for here; those that are watched again are not measured again."""

    def __init__(self, registry: CollectorRegistry) -> None:
        seconds = Histogram(
            "maratang_turn_seconds",
            "Seconds from a turn's request to its outcome (resolved), its first words (text), its end (done).",
            ("until",),
            registry=registry,
            buckets=_BUCKETS,
        )
        self._until = {mark: seconds.labels(mark) for mark in _MARKS.values()}

    def begin(self) -> "Timed":
        """A turn was asked for."""
        return Timed(self._until)


class Timed:
    """One turn."""

    def __init__(self, until: Mapping[str, Histogram]) -> None:
        self._until = until
        self._began = time.perf_counter()
        self._seen: set[str] = set()

    def hear(self, event: str) -> None:
        """An event of its stream is about to be shown: the first of its kind is measured, and goes into the call's log line."""
        mark = _MARKS.get(event)
        if mark is None or mark in self._seen:
            return
        self._seen.add(mark)
        took = time.perf_counter() - self._began
        self._until[mark].observe(took)
        context.note(**{f"{mark}_ms": round(took * 1000, 2)})
