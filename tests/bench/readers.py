"""Players who read each token of their turns against the model's timetable, as a process of its own.

Reads one line of JSON, as tests.bench.players does; prints a line when all play, and at the end one line of what was seen.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

import orjson
import uvloop

from tests.bench.timed_model import text_of

Json = dict[str, Any]


class Seen:
    """Milliseconds by which tokens were late, counted; and what was wrong."""

    def __init__(self, tokens: int, every_seconds: float) -> None:
        self.tokens = tokens
        self.every_ms = every_seconds * 1000
        self.late: Counter[int] = Counter()
        self.turns = self.wrong = self.resets = self.cut = self.refused = 0
        self.told_by: Counter[str] = Counter()
        self.over = False
        self.counting = False

    def figures(self) -> Json:
        """What there was of all."""
        points, seen, everything = {}, 0, self.late.total()
        for ms in sorted(self.late):
            seen += self.late[ms]
            for name, share in (("p50", 0.5), ("p99", 0.99), ("p999", 0.999)):
                if name not in points and seen >= share * everything:
                    points[name] = ms
        return {
            "turns": self.turns,
            "turns_wrong": self.wrong,
            "resets": self.resets,
            "cut": self.cut,
            "refused": self.refused,
            "told_by": dict(self.told_by),
            "tokens": everything,
            "late_ms": {**points, "max": max(self.late, default=0)},
        }


class Reader(asyncio.Protocol):
    """One connection, one game: reads its turns, one after the other."""

    def __init__(self, said: Json, one: Json, seen: Seen) -> None:
        self._path, self._port = one["path"], said["port"]
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in one["headers"].items())
        self._turn = one["turn"]
        self._body = said["body"]
        self._seen = seen
        self._rest = b""
        self._event = self._id = b""
        self._resuming = False
        self._text = ""
        self._counted = 0
        self._began_ms = 0
        self.playing = False
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # Any: uvloop's transport has no type of its own
        self._ask()

    def _ask(self) -> None:
        if self._resuming:
            # As any client does that was cut: it goes on after the last event that it has.
            self._resuming = False
            path = f"{self._path.removesuffix('/turns:stream')}/turns/{self._turn + 1}:watch"
            self._transport.write(f"GET {path} HTTP/1.1\r\nhost: bench\r\n{self._headers}last-event-id: ".encode() + self._id + b"\r\n\r\n")
            return
        body = orjson.dumps({**self._body, "expectedTurn": self._turn})
        head = f"POST {self._path} HTTP/1.1\r\nhost: bench\r\n{self._headers}content-type: application/json\r\n"
        self._text, self._counted, self._began_ms = "", 0, 0
        self._transport.write(head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body)

    def data_received(self, data: bytes) -> None:
        now_ms = time.time_ns() // 1_000_000
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"event: "):
                self._event = line[7:]
            elif line.startswith(b"id: "):
                self._id = line[4:]
            elif line.startswith(b"HTTP/1.1 ") and not line.startswith(b"HTTP/1.1 200"):
                self._seen.refused += 1
                self._transport.close()
                return
            elif line.startswith(b"data: "):
                self._read(orjson.loads(line[6:]), now_ms)

    def _read(self, data: Json, now_ms: int) -> None:
        match self._event:
            case b"delta":
                self.playing = True
                self._text += data["text"]
                self._count(now_ms)
            case b"reset":
                self._seen.resets += 1
                self._text, self._counted, self._began_ms = "", 0, 0
            case b"done":
                self._done(data)
            case b"error":
                self._seen.cut += 1
                self._resuming = True
                self._transport.close()

    def _count(self, now_ms: int) -> None:
        head, found, syllables = self._text.partition(" ")
        if not found:
            return
        if not self._began_ms:
            self._began_ms = int(head) if head.isdigit() else now_ms
        arrived = (len(syllables) + 1) // 2
        if self._seen.counting:
            for number in range(self._counted, arrived):
                self._seen.late[int(max(0, now_ms - self._began_ms - (number + 1) * self._seen.every_ms))] += 1
        self._counted = arrived

    def _done(self, data: Json) -> None:
        self._turn = data["turn"]
        if self._seen.counting:
            telling = data["telling"]
            self._seen.turns += 1
            self._seen.told_by[telling["toldBy"]] += 1
            shown = self._text.partition(" ")[2]
            self._seen.wrong += shown != text_of(self._seen.tokens) or telling["text"] != self._text
        if self._seen.over or "ending" in data:
            self.ended.set_result(None)
            self._transport.close()
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(self._come_again()))

    async def _come_again(self) -> None:
        self._rest = b""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)


async def read(said: Json) -> Json:
    """All of them, for as long as is asked; what was seen."""
    loop = asyncio.get_running_loop()
    seen = Seen(said["tokens"], said["every_seconds"])
    readers = [Reader(said, one, seen) for one in said["players"]]

    async def join(reader: Reader) -> None:
        await loop.create_connection(lambda: reader, "127.0.0.1", said["port"])

    for reader in readers:
        await join(reader)
        # Begun one after the other over the length of a turn: else all would begin and end together, for ever.
        await asyncio.sleep(seen.tokens * said["every_seconds"] / len(readers))
    everybody = asyncio.gather(*(reader.ended for reader in readers))
    while not all(reader.playing for reader in readers) and not everybody.done():
        await asyncio.wait({everybody}, timeout=0.05)
    print("all play", flush=True)
    seen.counting = True
    await asyncio.wait({everybody}, timeout=said["seconds"])
    seen.over, seen.counting = True, False
    await everybody
    return seen.figures()


def main() -> None:
    """Reads, and prints what was seen."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(json.dumps(uvloop.run(read(json.loads(sys.stdin.readline())))))


if __name__ == "__main__":
    main()
