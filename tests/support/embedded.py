"""The system as `make up` runs it: a supervisor and its parts as processes, on ports and data of the test's own."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from services.local.record import Home, PartRecord, Record
from tests.support.eventually import eventually
from tests.support.servers import PROJECT

PORTS = 50


class Embedded:
    """A running `maratang up`."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = Home(home)
        self.url = f"http://127.0.0.1:{port}"
        self.port = port

    def part(self, name: str) -> PartRecord:
        record = self.home.read()
        assert record is not None
        return next(part for part in record.parts if part.name == name)

    def kill(self, name: str) -> int:
        """kill -9; the pid that was."""
        pid = self.part(name).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid


def free_ports() -> int:
    """The first of PORTS ports in a row that were free a moment ago."""
    for base in range(21_000 + os.getpid() % 200 * 50, 60_000, PORTS):
        with closing(socket.socket()) as probe:
            taken = False
            for port in range(base, base + PORTS):
                taken = taken or probe.connect_ex(("127.0.0.1", port)) == 0
                if taken:
                    break
        if not taken:
            return base
    raise AssertionError("no ports are free")


@asynccontextmanager
async def running_embedded(home: Path, **environment: str) -> AsyncIterator[Embedded]:
    """`maratang up` while the block lasts; it is ended in order."""
    port = free_ports()
    own = {**os.environ, "MARATANG_HOME": str(home), "MARATANG_PORT": str(port), **environment}  # noqa: TID251  children inherit it
    own.pop("CI", None)
    command = (sys.executable, "-m", "services.local", "up")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=PROJECT, env=own, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    said: list[str] = []

    async def listen(stream: asyncio.StreamReader) -> None:
        async for line in stream:
            said.append(line.decode(errors="replace"))

    listening = asyncio.create_task(listen(process.stdout))
    embedded = Embedded(home, port)

    async def ready() -> Record | None:
        assert process.returncode is None, "".join(said)
        record = embedded.home.read()
        return record if record is not None and record.ready else None

    try:
        await eventually(ready, within=120)
        yield embedded
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            async with asyncio.timeout(60):
                await process.wait()
        await listening
