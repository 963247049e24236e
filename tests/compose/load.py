"""Players who play while the deployment is operated, and what they saw of it."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.support.player import Event, Player, browser, events_of, told

SAID = (
    "외투 주머니를 뒤져 본다",
    "둘러본다",
    "기다린다",
    "소지품을 본다",
    "거실로 나간다",
    "부엌으로 간다",
    "침실로 간다",
    "현관으로 간다",
)
COMES_AGAIN_WITHIN_SECONDS = 60


@dataclass(slots=True)
class Seen:
    """What all players saw."""

    requests: int = 0
    turns: int = 0
    resumed: int = 0
    """Streams that were cut, or told to come again, and went on to their end."""
    failed: list[str] = field(default_factory=list)
    """Requests that were not answered, or with a fault of the server's."""
    lost: list[str] = field(default_factory=list)
    """Streams that did not come to their end, and acknowledged turns that are gone."""
    ends: Counter[str] = field(default_factory=Counter)
    """How turns were acknowledged."""
    stored: dict[tuple[str, int], str] = field(default_factory=dict)
    """(game, turn) → its telling, of what was told to be REPLICATED."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Game → its player's token."""


@asynccontextmanager
async def playing(url: str, players: int, *, tolerant: bool = False) -> AsyncIterator[Seen]:
    """Players play while the block lasts, each turn to its end. `tolerant`: parts are killed, so a request may fail, and is repeated."""
    seen, stop = Seen(), asyncio.Event()
    async with browser(url) as http, asyncio.TaskGroup() as group:
        for number in range(players):
            group.create_task(_Someone(http, seen, stop, random.Random(number), tolerant=tolerant).play())
        try:
            yield seen
        finally:
            stop.set()


class _Someone:
    def __init__(self, http: httpx.AsyncClient, seen: Seen, stop: asyncio.Event, dice: random.Random, *, tolerant: bool) -> None:
        self._http = http
        self._seen = seen
        self._stop = stop
        self._dice = dice
        self._tolerant = tolerant
        self._player = Player(http, "")

    async def play(self) -> None:
        await self._call("POST", "/v1/players:guest", {"locale": "ko"})
        while not self._stop.is_set():
            if not self._player.game or self._player.game["turn"] > 8:
                await self._begin()
            await self._turn()
            answer = await self._call("GET", f"/v1/games/{self._player.game_id}", None)
            self._player.game = answer

    async def _begin(self) -> None:
        self._player.game = await self._call("POST", "/v1/games", {"scenarioId": "tutorial", "locale": "ko"})
        self._seen.tokens[self._player.game_id] = self._player.token

    async def _call(self, method: str, path: str, body: dict[str, object] | None) -> dict:
        """One request; where parts are killed, as many as it takes."""
        until = time.monotonic() + COMES_AGAIN_WITHIN_SECONDS
        while True:
            self._seen.requests += 1
            try:
                answer = await self._http.request(method, path, json=body, headers=self._player.headers if self._player.token else {})
                if answer.status_code == 200:
                    said = answer.json()
                    if "accessToken" in said:
                        self._player.token = said["accessToken"]
                    return said
                wrong = f"{method} {path}: {answer.status_code} {answer.text[:200]}"
            except httpx.HTTPError as error:
                wrong = f"{method} {path}: {type(error).__name__} {error}"
            if not self._tolerant or time.monotonic() > until:
                self._seen.failed.append(wrong)
            assert time.monotonic() < until, wrong
            await asyncio.sleep(0.2)

    async def _turn(self) -> None:
        """One action, to its last event, with one key however often it is sent."""
        expected, key = self._player.game["turn"], f"{self._player.game_id}-{self._dice.random()}"
        body = {"text": self._dice.choice(SAID), "expectedTurn": expected}
        until = time.monotonic() + COMES_AGAIN_WITHIN_SECONDS
        events: list[Event] = []
        came_again = False
        while not (events and events[-1].name == "done"):
            assert time.monotonic() < until, (self._player.game_id, expected, [event.name for event in events])
            if events:
                came_again = True
                path, method, more, sent = f"turns/{expected + 1}:watch", "GET", {"last-event-id": events[-1].id}, None
            else:
                path, method, more, sent = "turns:stream", "POST", {"idempotency-key": key}, body
            self._seen.requests += 1
            try:
                wrong = await self._read(events, method, path, more, sent)
            except httpx.HTTPError as error:
                wrong = f"{type(error).__name__} {error}"
            if wrong and not events and not self._tolerant:
                self._seen.failed.append(f"{method} {path}: {wrong}")
            if wrong:
                await asyncio.sleep(0.1)
        self._seen.turns += 1
        self._seen.resumed += came_again
        done = events[-1].data
        text = done.get("telling", {}).get("text", "")
        if text and told(events) != text:
            self._seen.lost.append(f"{self._player.game_id}/{done['turn']}: read {told(events)!r}, told {text!r}")
        self._seen.ends[str(done.get("durability"))] += 1
        if done.get("durability") == "REPLICATED" and done["turn"] > expected:
            self._seen.stored[self._player.game_id, done["turn"]] = text

    async def _read(self, events: list[Event], method: str, path: str, headers: dict[str, str], body: dict | None) -> str:
        """Reads on; why it came to no end, or nothing."""
        url = f"/v1/games/{self._player.game_id}/{path}"
        async with self._http.stream(method, url, json=body, headers={**self._player.headers, **headers}) as answer:
            async for event in events_of(answer):
                if event.name == "error":
                    return str(event.data)[:300]
                events.append(event)
                if event.name == "done":
                    return ""
        return "the stream ended without its last event"
