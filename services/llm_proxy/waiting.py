"""Who waits for room at a server: in classes, the most urgent first, and never more than can be served in time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from services.chassis import errors
from services.llm_proxy.generation import Priority

WAIT_SECONDS = 2.0
WAIT_SHARE = 0.3
"""Of the time that a caller has left."""
RATE_SECONDS = 10.0
RATE_LEAST = 8
"""From how many departures on their rate says something."""
QUEUE_TIMES = 2
"""How many may wait for each that may be under way."""

T = TypeVar("T")


class Line(Generic[T]):
    """Those who wait, by class and then by arrival."""

    __slots__ = ("_classes",)

    def __init__(self) -> None:
        self._classes: dict[Priority, deque[T]] = {priority: deque() for priority in Priority}

    def __len__(self) -> int:
        return sum(map(len, self._classes.values()))

    def __iter__(self) -> Iterator[T]:
        """All of them, the most urgent first; they may leave meanwhile."""
        for one in self._classes.values():
            yield from tuple(one)

    def ahead_of(self, priority: Priority) -> int:
        """How many a newcomer of this class would wait for."""
        return sum(len(one) for key, one in self._classes.items() if key <= priority)

    def join(self, item: T, priority: Priority, most: int) -> tuple[bool, T | None]:
        """Whether it may wait where at most `most` do, and who has to go for it: the last of the least urgent class, if below its own."""
        shed = None
        if len(self) >= most:
            below = [one for key, one in self._classes.items() if key > priority and one]
            if not below:
                return False, None
            shed = below[-1].pop()
        self._classes[priority].append(item)
        return True, shed

    def leave(self, item: T) -> None:
        """Takes one out, if it is still there."""
        for one in self._classes.values():
            if item in one:
                one.remove(item)
                return


class Departures:
    """How quickly room is made: departures a second, lately. Time is an argument."""

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=256)

    def note(self, now: float) -> None:
        """Somebody has left."""
        self._times.append(now)

    def wait_for(self, places: int, now: float) -> float | None:
        """In how many seconds so many will have left; None: too few have lately to say."""
        while self._times and self._times[0] < now - RATE_SECONDS:
            self._times.popleft()
        if len(self._times) < RATE_LEAST:
            return None
        return places * max(now - self._times[0], 0.001) / len(self._times)


class NoRoom(Exception):  # noqa: N818  named for what it is
    """Nobody has room in time. `retry_seconds`: when it may be worth another try; `why`: "full", "late" or "shed"."""

    def __init__(self, why: str, retry_seconds: float) -> None:
        super().__init__(why)
        self.why = why
        self.retry_seconds = retry_seconds


class Place(Protocol):
    """Room that was found."""

    def release(self) -> None:
        """Gives it back."""


P = TypeVar("P", bound=Place)


class _Waiter(Generic[P]):
    __slots__ = ("found", "search")

    def __init__(self, search: Callable[[], P | None]) -> None:
        self.search = search
        self.found: asyncio.Future[P] = asyncio.get_running_loop().create_future()


class Waiting(Generic[P]):
    """The waiting room of this process."""

    def __init__(self, room: Callable[[], int], clock: Callable[[], float]) -> None:
        """`room`: how many may be under way in all."""
        self._room = room
        self._clock = clock
        self._line: Line[_Waiter[P]] = Line()
        self._departures = Departures()

    def __len__(self) -> int:
        return len(self._line)

    async def place(self, search: Callable[[], P | None], *, priority: Priority, until: float, seconds: float) -> P:
        """What `search` finds (None: no room now), after at most `seconds`. Raises NoRoom, and whatever `search` raises.

        `until`: when the caller's own time is over; one who would not be served by then is sent away at once.
        """
        now = self._clock()
        ahead = self._line.ahead_of(priority)
        if not ahead and (found := search()) is not None:
            return found
        expected = self._departures.wait_for(ahead + 1, now)
        limit = min(seconds, until - now)
        if expected is not None and expected > limit:
            raise NoRoom("late", expected)
        waiter = _Waiter(search)
        joined, shed = self._line.join(waiter, priority, QUEUE_TIMES * self._room())
        if not joined:
            raise NoRoom("full", expected or WAIT_SECONDS)
        if shed is not None and not shed.found.done():
            shed.found.set_exception(NoRoom("shed", WAIT_SECONDS))
        self.serve()
        taken = False
        try:
            async with asyncio.timeout(limit):
                found = await waiter.found
            taken = True
        except TimeoutError:
            raise NoRoom("late", expected or WAIT_SECONDS) from None
        else:
            return found
        finally:
            self._line.leave(waiter)
            # It may be that room was found in the very moment in which its finder left.
            if not taken and waiter.found.done() and not waiter.found.cancelled() and waiter.found.exception() is None:
                waiter.found.result().release()

    def left(self) -> None:
        """Somebody has made room."""
        self._departures.note(self._clock())
        self.serve()

    def serve(self) -> None:
        """Has those who wait look for room, the most urgent first."""
        for waiter in self._line:
            if waiter.found.done():
                continue
            try:
                found = waiter.search()
            except errors.Failure as failed:  # it is the waiter's own
                waiter.found.set_exception(failed)
                continue
            if found is not None:
                self._line.leave(waiter)
                waiter.found.set_result(found)
