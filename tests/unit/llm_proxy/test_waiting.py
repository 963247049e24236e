"""Who waits for room is served by urgency and then by arrival, and nobody waits in vain for long."""

import asyncio
import time
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import errors
from services.llm_proxy.generation import Priority
from services.llm_proxy.waiting import Departures, Line, NoRoom, Waiting

pytestmark = pytest.mark.anyio
TELLING, NIGHT, BACKGROUND = Priority


@given(st.lists(st.sampled_from(Priority), max_size=60), st.integers(0, 12))
def test_a_line_is_bounded_and_in_order_and_only_the_less_urgent_go(arrivals: list[Priority], most: int):
    line: Line[tuple[Priority, int]] = Line()
    for number, priority in enumerate(arrivals):
        before = list(line)
        joined, shed = line.join((priority, number), priority, most)
        assert len(line) <= most
        assert list(line) == sorted(line)
        if shed is not None:
            assert joined
            assert shed[0] > priority
            assert shed == before[-1]
        elif not joined:
            assert len(before) == most
            assert all(one[0] <= priority for one in before)


def test_the_wait_follows_from_how_quickly_others_leave():
    departures = Departures()
    assert departures.wait_for(1, 0.0) is None
    for at in range(20):
        departures.note(at / 10)

    assert departures.wait_for(10, 2.0) == pytest.approx(1.0)
    assert departures.wait_for(10, 60.0) is None


class Room:
    """So many places; each remembers whether it was given back."""

    def __init__(self, places: int) -> None:
        self.free = places
        self.waiting: Waiting[Taken] = Waiting(lambda: 2, time.monotonic)
        self.fault: errors.Failure | None = None

    def find(self) -> "Taken | None":
        if self.fault is not None:
            raise self.fault
        if not self.free:
            return None
        self.free -= 1
        return Taken(self)

    async def enter(self, priority: Priority = TELLING, seconds: float = 5.0) -> "Taken":
        return await self.waiting.place(self.find, priority=priority, until=time.monotonic() + 60, seconds=seconds)


class Taken:
    def __init__(self, room: Room) -> None:
        self._room = room

    def release(self) -> None:
        self._room.free += 1
        self._room.waiting.left()


async def let_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_most_urgent_first_and_then_who_came_first():
    room, served = Room(1), deque()
    place = await room.enter()

    async def come(name: str, priority: Priority) -> None:
        taken = await room.enter(priority)
        served.append(name)
        taken.release()

    async with asyncio.TaskGroup() as group:
        for name, priority in (("chronicle", BACKGROUND), ("night", NIGHT), ("a", TELLING), ("b", TELLING)):
            group.create_task(come(name, priority))
            await let_run()
        place.release()

    assert list(served) == ["a", "b", "night", "chronicle"]
    assert room.free == 1


async def test_where_too_many_wait_the_least_urgent_goes_and_equals_are_sent_away():
    room = Room(0)
    waiting = [asyncio.create_task(room.enter(priority)) for priority in (BACKGROUND, TELLING, TELLING, TELLING)]
    await let_run()

    with pytest.raises(NoRoom) as full:
        await room.enter(BACKGROUND)
    assert full.value.why == "full"
    urgent = asyncio.create_task(room.enter(NIGHT))
    await let_run()
    with pytest.raises(NoRoom) as shed:
        await waiting[0]
    assert shed.value.why == "shed"
    for one in (urgent, *waiting):
        one.cancel()
    await asyncio.gather(urgent, *waiting, return_exceptions=True)
    assert len(room.waiting) == 0


async def test_nobody_waits_longer_than_was_said():
    room = Room(0)
    with pytest.raises(NoRoom) as late:
        await room.enter(seconds=0.02)

    assert (late.value.why, len(room.waiting)) == ("late", 0)


async def test_who_would_not_be_served_in_time_is_sent_away_at_once():
    room = Room(1)
    for _ in range(10):
        (await room.enter()).release()
        await asyncio.sleep(0.01)
    await room.enter()

    with pytest.raises(NoRoom) as late:
        await room.enter(seconds=0.001)
    assert late.value.why == "late"
    assert late.value.retry_seconds > 0


async def test_what_a_search_fails_with_is_its_own_waiter_s():
    room = Room(0)
    waiting = asyncio.create_task(room.enter())
    await let_run()
    room.fault = errors.Unavailable("BREAKER_OPEN", "resting")
    room.waiting.serve()

    with pytest.raises(errors.Unavailable):
        await waiting


@pytest.mark.parametrize("rounds", range(4))
async def test_who_leaves_in_the_moment_in_which_room_is_found_gives_it_back(rounds: int):
    room = Room(1)
    place = await room.enter()
    waiting = [asyncio.create_task(room.enter()) for _ in range(3)]
    await let_run()
    for one in waiting:
        one.cancel()
    for _ in range(rounds):
        await asyncio.sleep(0)
    place.release()
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    taken = [one.result() for one in waiting if not one.cancelled()]
    for one in taken:
        one.release()

    assert room.free == 1


async def test_found_and_cancelled_before_it_could_be_taken_is_given_back():
    room = Room(1)
    place = await room.enter()
    waiting = asyncio.create_task(room.enter())
    await let_run()
    place.release()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert waiting.cancelled()
    assert room.free == 1
