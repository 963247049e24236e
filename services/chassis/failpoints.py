"""Named places where a process can be made to break, for proofs that nothing is lost there.

Imported only where MARATANG_FAILPOINTS is set (`ServiceConfig.breakable`): without it no call passes through here. The variable's grammar:

    redis.commit.after=die@3, archive.save.before=raise@p0.05, database.write.work.after=delay:0.2, seed=7

A point is `<thing>.<method>.before` or `.after`; a function that a method is handed has points of its own, at `<thing>.<method>.work`.
The action is `die` (SIGKILL), `raise` (SERVICE_UNAVAILABLE) or `delay:<seconds>`; it happens each time, the nth time (`@n`) or with a
probability (`@p0.05`, from the seed).
"""

import asyncio
import os
import random
import re
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any

from services.chassis import errors
from services.chassis.logs import log

_WRITTEN = re.compile(
    r"(?P<point>[a-z_]+(\.[a-z_]+)+\.(before|after))=(?P<act>die|raise|delay:(?P<seconds>\d+(\.\d+)?))(@(?P<nth>\d+)|@p(?P<chance>0?\.\d+|1))?"
)
_log = log(__name__)

Calls = Callable[..., Awaitable[Any]]  # Any: it stands in for every method


@dataclass(frozen=True, slots=True, kw_only=True)
class Failpoint:
    """What happens at a point, and when: the nth time, with a chance, or (neither) each time."""

    act: str
    seconds: float = 0
    nth: int | None = None
    chance: float | None = None


class Failpoints:
    """The points that are armed in this process."""

    def __init__(self, points: Mapping[str, Failpoint], seed: int) -> None:
        self._points = points
        self._dice = random.Random(seed)  # noqa: S311  a rehearsal, no secret
        self._passed: Counter[str] = Counter()

    async def reach(self, name: str) -> None:
        """Passes a point, or breaks there."""
        point = self._points.get(name)
        if point is None:
            return
        self._passed[name] += 1
        if point.nth is not None and self._passed[name] != point.nth:
            return
        if point.chance is not None and self._dice.random() >= point.chance:
            return
        _log.warning("failpoint", point=name, act=point.act)
        if point.act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if point.act == "raise":
            raise errors.Unavailable("SERVICE_UNAVAILABLE", f"failpoint {name}")
        await asyncio.sleep(point.seconds)


class Breakable:
    """Stands before a thing: its coroutine methods pass points, all else is the thing's own."""

    def __init__(self, thing: object, name: str, points: Failpoints) -> None:
        self._thing = thing
        self._name = name
        self._points = points

    def __getattr__(self, attribute: str) -> Any:  # Any: whatever the thing has
        found = getattr(self._thing, attribute)
        return self._passing(found, f"{self._name}.{attribute}") if iscoroutinefunction(found) else found

    def _passing(self, call: Calls, name: str) -> Calls:
        async def passed(*args: Any, **named: Any) -> Any:  # Any: as the method takes and gives
            given = [self._passing(one, f"{name}.work") if callable(one) else one for one in args]
            await self._points.reach(f"{name}.before")
            result = await call(*given, **named)
            await self._points.reach(f"{name}.after")
            return result

        return passed


def parse(text: str) -> Failpoints:
    """The points that MARATANG_FAILPOINTS arms. Raises ValueError for what is not of its grammar."""
    points: dict[str, Failpoint] = {}
    seed = 0
    for part in (one.strip() for one in text.split(",")):
        if part.startswith("seed=") and part[5:].isdigit():
            seed = int(part[5:])
            continue
        found = _WRITTEN.fullmatch(part)
        if found is None:
            raise ValueError(f"{part!r} is no failpoint: thing.method.before|after = die|raise|delay:seconds, perhaps @n or @p0.1")
        points[found["point"]] = Failpoint(
            act=found["act"].partition(":")[0],
            seconds=float(found["seconds"] or 0),
            nth=int(found["nth"]) if found["nth"] else None,
            chance=float(found["chance"]) if found["chance"] else None,
        )
    return Failpoints(points, seed)
