"""A reader of turns' streams whose connection breaks at any byte, and who reads on wherever they like."""

import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx

from maratang_client.sse import Parser
from tests.support.player import Event, Json


@dataclass(slots=True)
class Reader:
    """Reads one turn from several gateways: each connection is cut after a number of bytes that the dice say, the last lasts.

    `cuts` says how often it was cut; `events` are what was understood, each once.
    """

    gateways: Sequence[httpx.AsyncClient]
    headers: dict[str, str]
    dice: random.Random
    cuts: int
    events: list[Event] = field(default_factory=list)
    bytes_max: int = 6000

    async def take(self, game_id: str, body: Json, key: str) -> list[Event]:
        """Takes a turn, and reads it to its end."""
        path, turn = f"/v1/games/{game_id}/turns", body["expectedTurn"] + 1
        first = {**self.headers, "idempotency-key": key}
        while not self._read_something(await self._once("POST", f"{path}:stream", first, body)):
            pass
        while not self.ended:
            await self._once("GET", f"{path}/{turn}:watch", {**self.headers, "last-event-id": self.events[-1].id}, None)
        return self.events

    @property
    def ended(self) -> bool:
        """Whether the last event was read."""
        return bool(self.events) and self.events[-1].name in {"done", "error"}

    def _read_something(self, read: int) -> bool:
        return read > 0 or bool(self.events)

    async def _once(self, method: str, path: str, headers: dict[str, str], body: Json | None) -> int:
        """Reads until the end or the cut; how many events that gave."""
        left = self.dice.randrange(1, self.bytes_max) if self.cuts > 0 else None
        self.cuts -= 1
        before, parser = len(self.events), Parser()
        gateway = self.dice.choice(self.gateways)
        async with gateway.stream(method, path, headers=headers, json=body) as answer:
            assert answer.status_code == 200, await answer.aread()
            async with aclosing(_cut(answer, left)) as pieces:
                async for piece in pieces:
                    self.events.extend(Event(sent.id, sent.name, json.loads(sent.data)) for sent in parser.feed(piece))
                    if self.ended:
                        break
        return len(self.events) - before


async def _cut(answer: httpx.Response, left: int | None) -> AsyncIterator[bytes]:
    """The answer's bytes, at most so many."""
    async for piece in answer.aiter_raw():
        if left is not None and len(piece) >= left:
            yield piece[:left]
            return
        yield piece
        left = None if left is None else left - len(piece)
