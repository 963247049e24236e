"""Many who watch turns, and some who leave at any byte: `python -m tests.bench watchers`.

Those who stay must read every byte in order: as the one who took the turn does. What the watchers cost, and what those who left leave
behind (memory, descriptors, RPCs), is looked up in the processes. Prints what was found and writes build/bench/watchers.json.
"""

import argparse
import asyncio
import contextlib
import random
import re
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import psutil
import uvloop
from rich.console import Console

from tests.bench.results import keep
from tests.bench.stack import Stack, running_stack
from tests.bench.streams import OURS, Side, players_of
from tests.support.eventually import eventually

Json = dict[str, Any]
_OPEN = re.compile(r'^(?:grpc_server_in_flight\{[^}]*grpc_method="WatchTurn"[^}]*\}|http_requests_open) ([0-9.e+]+)$', re.MULTILINE)
_PING = b": ping\n\n"
_SEND_BUFFERS = 16 * 1024


@dataclass(slots=True)
class Teller:
    """A game whose turns are taken one after the other: what each of them said, byte by byte."""

    port: int
    one: Json
    turn: int = 0
    said: dict[int, bytearray] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)

    @property
    def address(self) -> str:
        """Of the game."""
        path: str = self.one["path"]
        return path.removesuffix("/turns:stream")

    async def tell(self) -> None:
        """Takes turns, for ever."""
        self.turn = self.one["turn"]
        while True:
            number = self.turn + 1
            said = self.said[number] = bytearray()
            body = b'{"command":{"verb":"WAIT"},"expectedTurn":%d}' % self.turn
            kind = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            head = f"POST {self.one['path']} HTTP/1.1\r\n{_headers(self.one)}{kind}\r\n"
            async for piece in _streamed(self.port, head.encode() + body):
                said += piece
            if b"event: done\n" not in said:
                raise RuntimeError(f"a turn was not told: {bytes(said[-500:])!r}")
            self.ended.add(number)
            self.turn = number


@dataclass(slots=True)
class Watcher:
    """Watches a teller's turns until it leaves."""

    teller: Teller
    leaves_after: int | None = None
    """How many bytes more it reads; None: it stays."""
    read: int = 0
    whole: int = 0
    resumed: int = 0

    async def watch(self) -> None:
        """One turn after the other; raises RuntimeError for what is not what the teller was told."""
        number = self.teller.turn + 1
        while True:
            said = bytearray()
            while not await self._watch(number, said) or self._leaves:
                if self._leaves:
                    await self._held_against(number, bytes(said), whole=False)
                    return
                # It was cut, or refused for now: as any client does, it goes on after the last event that it has.
                self.resumed += 1
                await asyncio.sleep(1)
            await self._held_against(number, bytes(said), whole=True)
            self.whole += 1
            number += 1

            async def begun(number: int = number) -> bool:
                return number in self.teller.said and bool(self.teller.said[number])

            await eventually(begun, within=120)

    @property
    def _leaves(self) -> bool:
        return self.leaves_after is not None and self.leaves_after <= 0

    async def _watch(self, number: int, said: bytearray) -> bool:
        """Adds what comes after what is there; whether the turn has come to its end."""
        last = re.findall(rb"^id: (.*)$", said, re.MULTILINE)
        after = b"last-event-id: %s\r\n" % last[-1] if last else b""
        head = f"GET {self.teller.address}/turns/{number}:watch HTTP/1.1\r\n{_headers(self.teller.one)}".encode()
        with contextlib.suppress(ConnectionError):
            async for piece in _streamed(self.teller.port, head + after + b"\r\n"):
                said += piece
                self.read += len(piece)
                if self.leaves_after is not None:
                    self.leaves_after -= len(piece)
                    if self.leaves_after <= 0:
                        break
        error = said.rfind(b"event: error\n")
        if b"event: done\n" not in said and not self._leaves:
            # What was not said to its end, or is the failure, will be said again.
            last_whole = said.rfind(b"\n\n", 0, error if error >= 0 else len(said))
            del said[last_whole + 2 if last_whole >= 0 else 0 :]
        return b"event: done\n" in said

    async def _held_against(self, number: int, said: bytes, *, whole: bool) -> None:
        async def ended() -> bool:
            return number in self.teller.ended

        if whole:
            await eventually(ended, within=60)
        known, seen = _as_first_told(self.teller.said[number]), _as_first_told(said)
        seen = seen.partition(b"retry: ")[0]  # who was refused, and left
        # Who leaves may have been told what the teller has not read yet.
        same = seen == known if whole else seen[: len(known)] == known[: len(seen)]
        if not same:
            raise RuntimeError(f"turn {number} was watched as {seen[-300:]!r}, and told as {known[-300:]!r}")


def _as_first_told(said: bytes | bytearray) -> bytes:
    """Without what depends on when it was asked for: pings, and whether PostgreSQL has the turn yet."""
    return bytes(said).replace(_PING, b"").replace(b'"durability":"REPLICATED"', b'"durability":"LOCAL"')


def _headers(one: Json) -> str:
    return "host: bench\r\nconnection: close\r\n" + "".join(f"{name}: {value}\r\n" for name, value in one["headers"].items())


async def _streamed(port: int, request: bytes) -> Any:  # Any: an async generator of bytes
    """The chunks of an answer's body, as they come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_SEND_BUFFERS)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(f"an answer begins {head[:100]!r}")
        while size := int(await reader.readline(), 16):
            yield (await reader.readexactly(size + 2))[:-2]
    finally:
        writer.transport.abort()


async def _open_calls(urls: list[str]) -> float:
    """How many calls of watchers the gateway and game have open."""
    found = 0.0
    async with aiohttp.ClientSession() as http:
        for url in urls:
            async with http.get(url) as answer:
                found += sum(float(one) for one in _OPEN.findall(await answer.text()))
    return found


def _held(stack: Stack) -> Json:
    """What the two processes hold now: KiB and descriptors."""
    return {
        name: {"kib": psutil.Process(stack.pids[name]).memory_info().rss // 1024, "descriptors": psutil.Process(stack.pids[name]).num_fds()}
        for name in ("gateway", "game")
    }


class Crowd:
    """The watchers, those who leave, and those who come in their place."""

    def __init__(self, tellers: list[Teller], chance: random.Random) -> None:
        self._tellers = tellers
        self._chance = chance
        self.watching: dict[asyncio.Task[None], Watcher] = {}
        self.left = self.resumed = 0

    def come(self, count: int) -> None:
        """So many more."""
        for _ in range(count):
            watcher = Watcher(self._chance.choice(self._tellers))
            self.watching[asyncio.create_task(watcher.watch())] = watcher

    def leave(self, count: int) -> None:
        """So many will leave, each after some bytes more."""
        staying = [one for one in self.watching.values() if one.leaves_after is None]
        for one in self._chance.sample(staying, min(count, len(staying))):
            one.leaves_after = self._chance.randrange(1, 2000)

    async def settle(self) -> None:
        """Raises what any of them found wrong; forgets those who have left."""
        for task in [one for one in self.watching if one.done()]:
            await task
            self.resumed += self.watching.pop(task).resumed
            self.left += 1

    async def reading(self) -> bool:
        """Whether each has read something."""
        await self.settle()
        return all(one.read for one in self.watching.values())

    async def go(self) -> None:
        """All leave at once."""
        for task in self.watching:
            task.cancel()
        await asyncio.gather(*self.watching, return_exceptions=True)
        self.watching.clear()


async def measure_all(said: argparse.Namespace) -> None:
    console = Console()
    model = ("-m", "tests.bench.timed_model", "--tokens", str(said.tokens), "--every-seconds", str(said.every_seconds))
    async with running_stack(console.print, model=model) as stack:
        side = Side(name=OURS, port=int(stack.url.rpartition(":")[2]), pids=())
        tellers = [Teller(side.port, one) for one in await players_of(side, stack.url, said.games)]
        telling = asyncio.gather(*(teller.tell() for teller in tellers))

        async def begun() -> bool:
            if telling.done():
                await telling
            return all(teller.said.get(teller.turn + 1) for teller in tellers)

        await eventually(begun, within=120)
        alone, calls = _held(stack), await _open_calls(stack.metrics)
        crowd = Crowd(tellers, random.Random(said.seed))
        for _ in range(10):
            crowd.come(said.watchers // 10)
            await eventually(crowd.reading, within=180)
        full = _held(stack)
        console.print(f"{len(crowd.watching)} watch; {said.leaving} of them leave each second for {said.seconds} s …")
        held = [full]
        for _ in range(said.seconds):
            crowd.leave(said.leaving)
            await asyncio.sleep(1)
            await crowd.settle()
            crowd.come(said.watchers - len(crowd.watching))
            held.append(_held(stack))
            if telling.done():
                await telling
        await eventually(crowd.reading, within=180)
        stayed = sum(one.whole for one in crowd.watching.values())
        resumed = crowd.resumed + sum(one.resumed for one in crowd.watching.values())
        again = _held(stack)
        await crowd.go()

        async def nobody() -> bool:
            return await _open_calls(stack.metrics) <= calls

        await eventually(nobody, within=60)
        after = _held(stack)
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    each = {name: round((full[name]["kib"] - alone[name]["kib"]) / said.watchers, 1) for name in alone}
    figures = {
        "watchers": said.watchers,
        "left": crowd.left,
        "turns_read_whole": stayed,
        "resumed": resumed,
        "kib_a_watcher": each,
        "alone": alone,
        "full": full,
        "full_again": again,
        "after": after,
    }
    console.print(figures)
    console.print(keep("watchers", figures))


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench watchers", description=__doc__)
    parser.add_argument("--watchers", type=int, default=1000)
    parser.add_argument("--games", type=int, default=20)
    parser.add_argument("--leaving", type=int, default=100, help="each second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--tokens", type=int, default=20, help="of each telling; at most 500")
    parser.add_argument("--every-seconds", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    uvloop.run(measure_all(parser.parse_args(arguments)))
    return 0
