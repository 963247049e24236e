"""Several processes of one gateway: started together, each started anew when it ends, ended together."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys

import uvloop

from services.chassis.config import EX_CONFIG
from services.chassis.logs import log

PROCESS, TELL = "--process", "--tell"
"""The arguments of a process: its number, and the file that it says a byte to when it serves."""
_READY_SECONDS = 60.0
_END_SECONDS = 40.0
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_log = log(__name__)


def run_processes(count: int) -> int:
    """Runs so many processes until SIGTERM or SIGINT, which drain them; SIGHUP drains and starts them anew one by one. The exit status."""
    with contextlib.suppress(KeyboardInterrupt):
        return uvloop.run(_Processes(count).run())
    return 0


class _Processes:
    def __init__(self, count: int) -> None:
        self._stop = asyncio.Event()
        self._again = asyncio.Event()
        self._of = [_Process(number) for number in range(count)]

    async def run(self) -> int:
        """Until the end; the exit status."""
        loop = asyncio.get_running_loop()
        for number, event in ((signal.SIGTERM, self._stop), (signal.SIGINT, self._stop), (signal.SIGHUP, self._again)):
            loop.add_signal_handler(number, event.set)
        kept = [asyncio.create_task(one.keep(self._stop), name=f"process {one.number}") for one in self._of]
        rolling = asyncio.create_task(self._roll(), name="rolling")
        try:
            await asyncio.wait({asyncio.create_task(self._stop.wait()), *kept}, return_when=asyncio.FIRST_COMPLETED)
            self._stop.set()
            await asyncio.gather(*(one.end() for one in self._of))
            return max(await asyncio.gather(*kept))
        finally:
            rolling.cancel()

    async def _roll(self) -> None:
        while True:
            await self._again.wait()
            self._again.clear()
            for one in self._of:
                _log.info("starting anew", process=one.number)
                await one.end()
                await one.serves()


class _Process:
    def __init__(self, number: int) -> None:
        self.number = number
        self._child: asyncio.subprocess.Process | None = None
        self._serves = asyncio.Event()
        self._asked_to_end = False

    async def keep(self, stop: asyncio.Event) -> int:
        """Starts it as often as it ends; returns its status when all are to stop, or when its configuration is wrong."""
        pause = _FIRST_PAUSE_SECONDS
        while not stop.is_set():
            if await self._begin():
                pause = _FIRST_PAUSE_SECONDS
            assert self._child is not None
            status = await self._child.wait()
            self._serves.clear()
            if status == EX_CONFIG:
                return status
            if not self._asked_to_end and not stop.is_set():
                _log.error("a process ended", process=self.number, status=status)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await stop.wait()
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            self._asked_to_end = False
        return 0

    async def serves(self) -> None:
        """Returns when it takes requests."""
        await self._serves.wait()

    async def end(self) -> None:
        """Drains it, and returns when it has ended; one that takes too long is killed."""
        child = self._child
        if child is None or child.returncode is not None:
            return
        self._asked_to_end = True
        self._serves.clear()
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_END_SECONDS):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()

    async def _begin(self) -> bool:
        """Starts it; whether it serves. It ends by itself when this process does: the pipe that is its input breaks."""
        hears, tells = os.pipe()
        try:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.gateway", PROCESS, str(self.number), TELL, str(tells),
                stdin=subprocess.PIPE, pass_fds=(tells,),
            )  # fmt: skip
            os.close(tells)
            async with asyncio.timeout(_READY_SECONDS):
                served = await asyncio.to_thread(os.read, hears, 1) == b"1"
        except TimeoutError:
            if self._child is not None:
                self._child.kill()
            return False
        finally:
            os.close(hears)
        if served:
            self._serves.set()
        return served
