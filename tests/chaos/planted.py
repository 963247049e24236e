"""Starts a service with a bug planted in it, so that it is shown that the checker finds it: `python -m tests.chaos.planted BUG SERVICE`.

The bug "none" is none. Whatever the bug, SIGUSR1 has the process print where each of its tasks stands.
"""

import asyncio
import re
import runpy
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from services.game.adapters.archive import Archive, Saved
from services.game.stored import LiveGame, Row

_FENCE = re.compile(
    r"(?:p\[1\]|job\[1\]|fence) ~= ARGV\[\d\] or |if redis\.call\('HGET', KEYS\[1\], 'fence'\) ~= ARGV\[2\] then return {'FENCED'} end\n"
)
_FENCED = ("commit.lua", "tell.lua", "finish.lua", "renew.lua")
_TOO_LATE_SECONDS = 0.5


def no_fence() -> None:
    """The scripts let any worker write, whoever the work belongs to by now."""
    read = Path.read_text

    def unfenced(path: Path, encoding: str | None = None, errors: str | None = None) -> str:
        text = read(path, encoding, errors)
        if path.name not in _FENCED:
            return text
        text, places = _FENCE.subn("", text)
        if places == 0:
            raise AssertionError(f"{path.name} checks its fence otherwise than this bug knows")
        return text

    Path.read_text = unfenced  # type: ignore[method-assign]  # that is the bug


def early_ack() -> None:
    """The sync acknowledges what it has yet to insert."""
    save = Archive.save
    late: set[asyncio.Task[None]] = set()

    async def saved_at_once(archive: Archive, games: Sequence[tuple[LiveGame, Sequence[Row]]]) -> list[Saved]:
        async def insert() -> None:
            await asyncio.sleep(_TOO_LATE_SECONDS)
            await save(archive, games)

        task = asyncio.create_task(insert())
        late.add(task)
        task.add_done_callback(late.discard)
        return [Saved(game_id=game.game_id, outcome="SAVED", detail="") for game, _ in games]

    Archive.save = saved_at_once  # type: ignore[method-assign]  # that is the bug


BUGS: dict[str, Callable[[], None]] = {"none": lambda: None, "no fence": no_fence, "early ack": early_ack}


def main() -> None:
    """Plants the bug and runs the service."""
    bug, service = sys.argv[1:]
    signal.signal(signal.SIGUSR1, _print_tasks)
    if service == "game":
        BUGS[bug]()
    sys.argv = [f"services.{service}"]
    runpy.run_module(f"services.{service}", run_name="__main__", alter_sys=True)


def _print_tasks(number: int, frame: FrameType | None) -> None:
    for task in asyncio.all_tasks(asyncio.get_event_loop()):
        awaited = task.get_coro()
        while awaited is not None:
            at = getattr(awaited, "cr_frame", None) or getattr(awaited, "ag_frame", None) or getattr(awaited, "gi_frame", None)
            place = at and f"{at.f_code.co_filename}:{at.f_lineno}"
            sys.stderr.write(f"    {task.get_name()} {awaited} {place}\n")
            awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "ag_await", None) or getattr(awaited, "gi_yieldfrom", None)
    sys.stderr.flush()


if __name__ == "__main__":
    main()
