"""A disk that is slow to say that it has written: `python -m tests.chaos.slow_fsync PID SECONDS` holds each fsync of a process for so long.

It traces the process as strace does, which Linux allows its parent and root, and lets it go when it is ended.
"""

import asyncio
import ctypes
import os
import platform
import signal
import struct
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import IntEnum
from pathlib import Path

from tests.support.servers import PROJECT

_FSYNCS = {"x86_64": {74, 75}, "aarch64": {82, 83}}
"""The numbers of fsync and fdatasync."""
_TELL_CALLS, _FOLLOW_THREADS = 0x01, 0x08
_CALL_STOP = signal.SIGTRAP | 0x80
_ENTERING = 1
_ALL_THREADS = 0x40000000
_LOOK_SECONDS = 0.001
_SLOW, _HELD = b"slow\n", b"held\n"


class _Ask(IntEnum):
    SYSCALL = 24
    SEIZE = 0x4206
    INTERRUPT = 0x4207
    LISTEN = 0x4208
    CALL_INFO = 0x420E


_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


class SlowDisk:
    """What is known of a disk that was made slow."""

    def __init__(self, said: asyncio.StreamReader) -> None:
        self._said = said

    async def begins_fsync(self) -> None:
        """Returns when an fsync begins that was not waited for before; bound it."""
        assert await self._said.readline() == _HELD, "the process has ended"


@asynccontextmanager
async def slow_fsync(pid: int, seconds: float) -> AsyncIterator[SlowDisk]:
    """The process's fsyncs take so long while the block lasts, which the process need not survive."""
    command = (sys.executable, "-m", "tests.chaos.slow_fsync", str(pid), str(seconds))
    tracer = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdout=asyncio.subprocess.PIPE)
    assert tracer.stdout is not None
    try:
        assert await tracer.stdout.readline() == _SLOW, "it could not be traced"
        yield SlowDisk(tracer.stdout)
    finally:
        with suppress(ProcessLookupError):
            tracer.terminate()
        await tracer.wait()


def _ptrace(request: _Ask, thread: int, address: int = 0, data: object = None) -> None:
    """Raises OSError: ProcessLookupError where the thread has ended."""
    if _libc.ptrace(request, thread, address, data) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _begins_fsync(thread: int) -> bool:
    info = ctypes.create_string_buffer(88)
    _ptrace(_Ask.CALL_INFO, thread, len(info), info)
    stop, call = struct.unpack_from("B23xQ", info)
    return stop == _ENTERING and call in _FSYNCS[platform.machine()]


def _go_on(thread: int, with_signal: int = 0) -> None:
    with suppress(ProcessLookupError):
        _ptrace(_Ask.SYSCALL, thread, 0, with_signal)


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


class _Tracer:
    """Holds threads where they begin an fsync."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: dict[int, float] = {}

    def seize(self, pid: int) -> None:
        for thread in (int(one.name) for one in Path(f"/proc/{pid}/task").iterdir()):
            _ptrace(_Ask.SEIZE, thread, 0, _TELL_CALLS | _FOLLOW_THREADS)
            _ptrace(_Ask.INTERRUPT, thread)

    def run(self) -> None:
        """Returns when all threads have ended."""
        while True:
            try:
                thread, status = os.waitpid(-1, _ALL_THREADS | (os.WNOHANG if self._held else 0))
            except ChildProcessError:
                return
            if thread and os.WIFSTOPPED(status):
                self._stopped(thread, os.WSTOPSIG(status), status >> 16)
            elif not thread:
                time.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            for held in [one for one, until in self._held.items() if until <= now]:
                del self._held[held]
                _go_on(held)

    def _stopped(self, thread: int, by: int, event: int) -> None:
        if by == _CALL_STOP:
            with suppress(ProcessLookupError):
                if _begins_fsync(thread):
                    self._held[thread] = time.monotonic() + self._seconds
                    _say(_HELD)
                    return
            _go_on(thread)
        elif event and by != signal.SIGTRAP:
            # SIGSTOP and its like: it stays stopped until SIGCONT.
            with suppress(ProcessLookupError):
                _ptrace(_Ask.LISTEN, thread)
        else:
            _go_on(thread, 0 if event else by)


def main() -> None:
    """Traces until the process ends, or it is ended itself."""
    tracer = _Tracer(float(sys.argv[2]))
    tracer.seize(int(sys.argv[1]))
    _say(_SLOW)
    tracer.run()


if __name__ == "__main__":
    main()
