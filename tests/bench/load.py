"""A load of unary requests over raw sockets, as a process of its own: as little of the cores as Python can take for it.

Warms up for half a second, says so in a line, waits for a line, then asks in earnest. Prints one line of JSON: how many answers came, how
long they took, and how much of a core the asking itself cost.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from typing import Any

import uvloop


class Asker(asyncio.Protocol):
    """One connection that asks again as soon as it has its answer, until it is told to stop."""

    asking = True

    def __init__(self, request: bytes, took: list[float], ended: asyncio.Future[None]) -> None:
        self._request = request
        self._took = took
        self._ended = ended
        self._received = b""
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # Any: uvloop's transport has no type of its own
        self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received = data if not self._received else self._received + data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        if not self._received.startswith(b"HTTP/1.1 200"):
            self._fail(f"an answer begins {self._received[:200]!r}")
            return
        at = self._received.lower().find(b"content-length:", 0, head)
        if at < 0:
            self._fail(f"an answer has no length: {self._received[:head]!r}")
            return
        if len(self._received) < head + 4 + int(self._received[at + 15 : self._received.find(b"\r", at)]):
            return
        self._received = b""
        self._took.append(time.perf_counter() - self._began)
        if Asker.asking:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            if Asker.asking:
                self._ended.set_exception(exc or ConnectionError("the connection was closed"))
            else:
                self._ended.set_result(None)

    def _fail(self, why: str) -> None:
        self._ended.set_exception(RuntimeError(why))
        self._transport.close()


async def load(port: int, path: str, token: str, connections: int, seconds: float) -> dict[str, Any]:
    """Asks for so many seconds; milliseconds of the answers, and what the asking cost."""
    request = f"GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n".encode()
    took: list[float] = []
    loop = asyncio.get_running_loop()
    ended: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]

    async def ask(one: asyncio.Future[None]) -> None:
        await loop.create_connection(lambda: Asker(request, took, one), "127.0.0.1", port)

    for one in ended:
        await ask(one)
    everything = asyncio.gather(*ended)
    await asyncio.wait({everything}, timeout=0.5)
    print("warm", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    took.clear()
    used, began = _cpu_seconds(), time.perf_counter()
    await asyncio.wait({everything}, timeout=seconds)
    lasted, spent = time.perf_counter() - began, _cpu_seconds() - used
    times = sorted(took)
    Asker.asking = False
    await everything
    return {
        "answers": len(times),
        "a_second": round(len(times) / lasted, 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 3),
        "p99_ms": round(times[len(times) * 99 // 100] * 1000, 3),
        "own_cpu_us": round(spent / len(times) * 1e6, 1),
    }


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Asks, and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--token", default="none")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=5)
    said = parser.parse_args()
    print(json.dumps(uvloop.run(load(said.port, said.path, said.token, said.connections, said.seconds))))


if __name__ == "__main__":
    main()
