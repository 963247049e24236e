"""Players who take turn after turn over raw sockets, as a process of its own: as little of the cores as Python can take for it.

Reads one line of JSON: where to play, each player's address and headers, and how long. Prints one line when all have taken a turn, waits
for a line, plays in earnest, and prints one line of what was seen.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from typing import Any

import orjson
import uvloop

Json = dict[str, Any]
_DELTA = b"event: delta\ndata: "


class Player(asyncio.Protocol):
    """One connection, one game: asks for the next turn as soon as it has the last."""

    def __init__(self, said: Json, one: Json, seen: "Seen") -> None:
        self._host = said["host"]
        self._path = one["path"]
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in one["headers"].items())
        self._body = said["body"]
        self._turn = one["turn"]
        self._seen = seen
        self._received = bytearray()
        self._began = 0.0
        self._first = 0.0
        self.played = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # Any: uvloop's transport has no type of its own
        self._ask()

    def _ask(self) -> None:
        body = json.dumps({**self._body, "expectedTurn": self._turn}).encode()
        head = f"POST {self._path} HTTP/1.1\r\nhost: {self._host}\r\n{self._headers}content-type: application/json\r\n"
        self._received.clear()
        self._first = 0.0
        self._began = time.perf_counter()
        self._transport.write(head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body)

    def data_received(self, data: bytes) -> None:
        if not self._first and _DELTA in data:
            self._first = time.perf_counter()
        self._received += data
        if not self._received.endswith(b"0\r\n\r\n"):
            if not self._received.startswith(b"HTTP/1.1 200"[: len(self._received)]):
                self._fail()
            return
        now = time.perf_counter()
        at = self._received.rfind(b"event: done\ndata: ")
        if at < 0:
            self._fail()
            return
        done = orjson.loads(self._received[at + 18 : self._received.index(b"\n", at + 18)])
        self._turn = done["turn"]
        self.played += 1
        self._seen.add(now - self._began, (self._first or now) - self._began)
        if self._seen.over or "ending" in done:
            self._transport.close()
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def _fail(self) -> None:
        if not self.ended.done():
            self.ended.set_exception(RuntimeError(f"a turn failed: {bytes(self._received[-1500:])!r}"))
        self._transport.close()


class Seen:
    """Seconds of each turn: to its first text, and to its end."""

    def __init__(self) -> None:
        self.over = False
        self.whole: list[float] = []
        self.first: list[float] = []

    def add(self, whole: float, first: float) -> None:
        self.whole.append(whole)
        self.first.append(first)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _at(values: list[float], share: float) -> float:
    return round(sorted(values)[min(int(len(values) * share), len(values) - 1)] * 1000, 2)


async def play(said: Json) -> Json:
    """All of them, for as long as is asked; what was seen, in milliseconds."""
    loop, seen = asyncio.get_running_loop(), Seen()
    players = [Player(said, one, seen) for one in said["players"]]

    async def join(player: Player) -> None:
        await loop.create_connection(lambda: player, "127.0.0.1", said["port"])

    for player in players:
        await join(player)
    everybody = asyncio.gather(*(player.ended for player in players))
    while not all(player.played for player in players) and not everybody.done():
        await asyncio.wait({everybody}, timeout=0.05)
    print("warm", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    seen.whole.clear()
    seen.first.clear()
    began, used = time.perf_counter(), _cpu_seconds()
    await asyncio.wait({everybody}, timeout=said["seconds"])
    lasted, spent = time.perf_counter() - began, _cpu_seconds() - used
    figures = {
        "turns": len(seen.whole),
        "streams_a_second": round(len(seen.whole) / lasted, 1),
        **{f"first_{point}_ms": _at(seen.first, share) for point, share in (("p50", 0.5), ("p99", 0.99))},
        **{f"done_{point}_ms": _at(seen.whole, share) for point, share in (("p50", 0.5), ("p99", 0.99))},
        "own_cpu_ms": round(spent / len(seen.whole) * 1000, 3),
    }
    seen.over = True
    await everybody
    return figures


def main() -> None:
    """Plays, and prints what was seen."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(json.dumps(uvloop.run(play(json.loads(sys.stdin.readline())))))


if __name__ == "__main__":
    main()
