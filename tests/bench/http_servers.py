"""Measures HTTP servers under the gateway's load: `python tests/bench/http_servers.py` prints the table of its ADR in docs/adr.

granian, hypercorn and h11 are candidates, no dependencies: those that are not installed are left out.
"""

import asyncio
import contextlib
import importlib.util
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from typing import Any

import psutil

SERVERS = {
    "uvicorn, httptools": ("-m", "uvicorn", "--http", "httptools", "--loop", "uvloop", "--no-access-log", "--log-level", "error"),
    "uvicorn, h11": ("-m", "uvicorn", "--http", "h11", "--loop", "uvloop", "--no-access-log", "--log-level", "error"),
    "granian": ("-m", "granian", "--interface", "asginl", "--loop", "uvloop", "--no-access-log", "--log-level", "error"),
    "hypercorn": ("-m", "hypercorn", "--worker-class", "uvloop", "--log-level", "error"),
}
_MODULES = {"uvicorn, h11": "h11", "granian": "granian", "hypercorn": "hypercorn"}
SECONDS, CONNECTIONS, IDLE, LEAVING = 4.0, 32, 500, 200
_EVENT = b'id: 8-2\nevent: delta\ndata: {"k":2,"text":"' + "문이 열린다.".encode() + b'"}\n\n'
_BODY = b"x" * 1400
_PIECE, _PIECES = b"x" * 64 * 1024, 800
_open = _taken = 0
_told_late = 0.0


async def app(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:  # Any: ASGI's own types
    """Answers as the gateway would: /unary, /stream (50 events), /watch (an event, then nothing until its reader leaves), /flood, /open."""
    global _open, _taken, _told_late  # noqa: PLW0603  a process of its own
    if scope["type"] != "http":
        raise RuntimeError("only HTTP")
    path = scope["path"]
    if path in {"/unary", "/open"}:
        body = _BODY if path == "/unary" else b"%d %f %d" % (_open, _told_late, _taken)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), (b"x-request-id", b"0123456789abcdef")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    if path == "/stream":
        for _ in range(50):
            await send({"type": "http.response.body", "body": _EVENT, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        return
    if path == "/flood":
        for _ in range(_PIECES):
            await send({"type": "http.response.body", "body": _PIECE, "more_body": True})
            _taken += len(_PIECE)
        return
    _open += 1
    try:
        await send({"type": "http.response.body", "body": _EVENT, "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        _told_late = time.time()
    finally:
        _open -= 1


@contextlib.asynccontextmanager
async def serving(name: str) -> AsyncIterator[tuple[int, psutil.Process]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bind = ("--bind", f"127.0.0.1:{port}") if name == "hypercorn" else ("--host", "127.0.0.1", "--port", str(port))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *SERVERS[name], *bind, "tests.bench.http_servers:app", cwd=Path(__file__).parents[2], env={**os.environ}  # noqa: TID251
    )  # fmt: skip
    try:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


async def asked(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    try:
        return (await reader.read()).partition(b"\r\n\r\n")[2]
    finally:
        writer.close()


async def unary(port: int, process: psutil.Process) -> tuple[float, float]:
    """Answers a second, and CPU-µs of each."""
    load = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load", "--port", str(port), "--path", "/unary", "--connections", str(CONNECTIONS), "--seconds",
        str(SECONDS), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert load.stdin is not None
    assert load.stdout is not None
    await load.stdout.readline()
    before = sum(sum(one.cpu_times()[:2]) for one in family(process))
    load.stdin.write(b"\n")
    said = json.loads(await load.stdout.readline())
    spent = sum(sum(one.cpu_times()[:2]) for one in family(process)) - before
    await load.wait()
    return said["a_second"], spent / said["answers"] * 1e6


async def streams(port: int, process: psutil.Process) -> tuple[float, float]:
    """Whole streams of 50 events a second, and CPU-µs of each."""
    before = sum(sum(one.cpu_times()[:2]) for one in family(process))
    done, until = 0, time.perf_counter() + SECONDS

    async def work() -> None:
        nonlocal done
        while time.perf_counter() < until:
            assert (await asked(port, "/stream")).count(b"event: delta") == 50
            done += 1

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    spent = sum(sum(one.cpu_times()[:2]) for one in family(process)) - before
    return done / SECONDS, spent / done * 1e6


async def flooded(port: int) -> float:
    """MiB that the application is rid of for a reader who reads nothing: what a server keeps for it, and the kernel."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /flood HTTP/1.1\r\nhost: x\r\n\r\n")
    taken = -1
    while (now := int((await asked(port, "/open")).split()[2])) > taken:
        taken = now
        await asyncio.sleep(0.5)
    writer.transport.abort()
    return taken / 2**20


async def watched(port: int, count: int) -> list[asyncio.StreamWriter]:
    async def one() -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /watch HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b"event: delta")
        return writer

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def leaving(port: int, process: psutil.Process) -> tuple[float, str]:
    """KiB of an idle stream; and whether the application is told of readers who leave, and within what time."""
    writers = await watched(port, 50)
    before = sum(one.memory_info().rss for one in family(process))
    writers += await watched(port, IDLE)
    each = (sum(one.memory_info().rss for one in family(process)) - before) / IDLE / 1024
    began = time.time()
    for writer in writers[:LEAVING]:
        writer.transport.abort()
    known, until = len(writers), time.time() + 10
    while known > len(writers) - LEAVING and time.time() < until:
        count, last, _ = (await asked(port, "/open")).split()
        known = int(count)
        await asyncio.sleep(0.02)
    for writer in writers[LEAVING:]:
        writer.transport.abort()
    told = len(writers) - known
    return each, f"{told} of {LEAVING}" + (f", the last after {(float(last) - began) * 1000:.0f} ms" if told else "")


async def measure() -> None:
    print(
        "| server | unary /s | CPU-µs | 50-event streams /s | CPU-µs | KiB an idle stream | leaving is told | MiB for who reads nothing |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name in SERVERS:
        if importlib.util.find_spec(_MODULES.get(name, "uvicorn")) is None:
            continue
        async with serving(name) as (port, process):
            rate, cpu = await unary(port, process)
            whole, cost = await streams(port, process)
            each, told = await leaving(port, process)
            kept = await flooded(port)
        print(f"| {name} | {rate:,.0f} | {cpu:.0f} | {whole:,.0f} | {cost:.0f} | {each:.0f} | {told} | {kept:.1f} |", flush=True)


if __name__ == "__main__":
    asyncio.run(measure())
