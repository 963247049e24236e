"""Starts parts in the order they need each other, keeps them running, stops them in the reverse order."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from services.local.parts import Child, Part, PartError

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_SOUND_AFTER_SECONDS = 30.0
"""A part that ran so long starts with the first pause again."""


class State(Enum):
    """What a part is at."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    ENDED = "ended"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A part came to another state."""

    part: Part
    state: State
    pid: int | None = None
    seconds: float | None = None
    """How long it took to be ready."""
    why: str | None = None
    """Of ENDED: how, or why it did not start again."""
    restarts: int = 0


class Supervisor:
    """The life of all parts. `tell` hears every change."""

    def __init__(self, parts: Iterable[Part], logs: Path, tell: Callable[[News], None]) -> None:
        self._children = [Child(part, logs / f"{part.name}.log") for part in parts]
        self._up = {child.part.name: asyncio.Event() for child in self._children}
        self._restarts = dict.fromkeys(self._up, 0)
        self._tell = tell

    async def run(self, stop: asyncio.Event, ready: Callable[[], None], hurry: asyncio.Event) -> None:
        """Runs the parts until `stop` is set; calls `ready` once, when all are. `hurry` cuts the orderly stop short.

        Raises PartError when a part does not come up the first time; a part that ends later is started again, whatever its status.
        """
        try:
            await self._until(stop, ready)
        except ExceptionGroup as group:
            failed, others = group.split(PartError)
            if failed is None or others is not None:
                raise
            raise PartError("\n".join(str(one) for one in failed.exceptions)) from None
        finally:
            await self._stop(hurry)

    async def _until(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        async with asyncio.TaskGroup() as group:
            lives = [group.create_task(self._live(child), name=child.part.name) for child in self._children]
            stopping, all_up = group.create_task(stop.wait()), group.create_task(self._all_up())
            await asyncio.wait({stopping, all_up}, return_when=asyncio.FIRST_COMPLETED)
            if all_up.done():
                ready()
            await stop.wait()
            for task in (*lives, all_up):
                task.cancel()

    async def _all_up(self) -> None:
        for up in self._up.values():
            await up.wait()

    async def _live(self, child: Child) -> None:
        name = child.part.name
        self._say(child, State.WAITING)
        for other in child.part.after:
            await self._up[other].wait()
        await self._start(child)
        self._up[name].set()
        pause = _FIRST_PAUSE_SECONDS
        while child.part.ready is not None:
            began = asyncio.get_running_loop().time()
            why = _in_words(await child.ended())
            if asyncio.get_running_loop().time() - began > _SOUND_AFTER_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            self._restarts[name] += 1
            self._say(child, State.ENDED, why=why)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            try:
                await self._start(child)
            except PartError as error:
                self._say(child, State.ENDED, why=str(error))
                if child.running:
                    await child.kill()

    async def _start(self, child: Child) -> None:
        began = asyncio.get_running_loop().time()
        self._say(child, State.STARTING)
        await child.start()
        self._say(child, State.STARTING, pid=child.pid)
        await child.until_ready()
        seconds = asyncio.get_running_loop().time() - began
        once = child.part.ready is None
        self._say(child, State.DONE if once else State.READY, pid=None if once else child.pid, seconds=seconds)

    async def _stop(self, hurry: asyncio.Event) -> None:
        for child in reversed(self._children):
            if not child.running:
                continue
            self._say(child, State.STOPPING, pid=child.pid)
            ending, hurrying = asyncio.create_task(child.stop()), asyncio.create_task(hurry.wait())
            await asyncio.wait({ending, hurrying}, return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                await child.kill()
            await ending
            hurrying.cancel()
            self._say(child, State.STOPPED)

    def _say(self, child: Child, state: State, *, pid: int | None = None, seconds: float | None = None, why: str | None = None) -> None:
        self._tell(News(part=child.part, state=state, pid=pid, seconds=seconds, why=why, restarts=self._restarts[child.part.name]))


def _in_words(status: int) -> str:
    return f"by signal {-status}" if status < 0 else f"with status {status}"
