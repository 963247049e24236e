"""Starts a service with a bug planted in it, so that it is shown that the checker finds it: `python -m tests.chaos.planted BUG SERVICE`.

The bug "none" is none. Whatever the bug, SIGUSR1 has the process print where each of its tasks stands.
"""

import asyncio
import runpy
import signal
import sys
from collections.abc import Callable
from types import FrameType


def _print_tasks(number: int, frame: FrameType | None) -> None:
    for task in asyncio.all_tasks(asyncio.get_event_loop()):
        awaited = task.get_coro()
        while awaited is not None:
            at = getattr(awaited, "cr_frame", None) or getattr(awaited, "ag_frame", None) or getattr(awaited, "gi_frame", None)
            print("   ", task.get_name(), awaited, at and f"{at.f_code.co_filename}:{at.f_lineno}", file=sys.stderr)
            awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "ag_await", None) or getattr(awaited, "gi_yieldfrom", None)
    sys.stderr.flush()


BUGS: dict[str, Callable[[], None]] = {"none": lambda: None}


def main() -> None:
    """Plants the bug and runs the service."""
    bug, service = sys.argv[1:]
    signal.signal(signal.SIGUSR1, _print_tasks)
    BUGS[bug]()
    sys.argv = [f"services.{service}"]
    runpy.run_module(f"services.{service}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
