"""A player over bare HTTP, who keeps what they were told: for what a client would hide. Journeys are played by `journey`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from maratang_client.sse import Parser

Json = dict[str, Any]


@dataclass(slots=True)
class Event:
    """A server-sent event."""

    id: str
    name: str
    data: Json


@dataclass(slots=True)
class Player:
    """Somebody signed in, and the game they play."""

    http: httpx.AsyncClient
    token: str
    game: Json = field(default_factory=dict)

    @property
    def game_id(self) -> str:
        return self.game["gameId"]

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    async def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> httpx.Response:
        return await self.http.request(method, path, json=body, headers={**self.headers, **headers})

    async def get(self, path: str) -> Json:
        answer = await self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def begin(self, scenario: str = "tutorial", locale: str = "ko", **more: Any) -> Json:
        answer = await self.call("POST", "/v1/games", {"scenarioId": scenario, "locale": locale, **more})
        assert answer.status_code == 200, answer.text
        self.game = answer.json()
        return self.game

    async def turn(self, asked: str | Json, expected: int | None = None, **headers: str) -> list[Event]:
        """Takes a turn as a stream, to its end; keeps the game's number."""
        events = [event async for event in self.stream(asked, expected, **headers)]
        if events and events[-1].name == "done":
            self.game["turn"] = events[-1].data["turn"]
        return events

    async def stream(self, asked: str | Json, expected: int | None = None, **headers: str) -> AsyncIterator[Event]:
        said = {"text": asked} if isinstance(asked, str) else {"command": asked}
        body = {**said, "expectedTurn": self.game["turn"] if expected is None else expected}
        async with self.http.stream(
            "POST", f"/v1/games/{self.game_id}/turns:stream", json=body, headers={**self.headers, **headers}
        ) as answer:
            async for event in events_of(answer):
                yield event

    async def watch(self, turn: int, after: str | None = None) -> AsyncIterator[Event]:
        headers = {**self.headers, **({"last-event-id": after} if after else {})}
        async with self.http.stream("GET", f"/v1/games/{self.game_id}/turns/{turn}:watch", headers=headers) as answer:
            async for event in events_of(answer):
                yield event


@asynccontextmanager
async def browser(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the gateway."""
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
        yield http


async def sign_in(http: httpx.AsyncClient, locale: str = "ko") -> Player:
    """A fresh guest."""
    answer = await http.post("/v1/players:guest", json={"locale": locale})
    assert answer.status_code == 200, answer.text
    return Player(http, answer.json()["accessToken"])


async def events_of(answer: httpx.Response) -> AsyncIterator[Event]:
    """The events of an SSE answer; a problem document becomes an `error` event."""
    if answer.headers["content-type"].startswith("application/problem+json"):
        yield Event("", "error", json.loads(await answer.aread()))
        return
    assert answer.headers["content-type"].startswith("text/event-stream"), answer.headers
    parser = Parser()
    async for received in answer.aiter_bytes():
        for sent in parser.feed(received):
            yield Event(sent.id, sent.name, json.loads(sent.data))


def told(events: list[Event]) -> str:
    """The text that a stream's reader has at its end: the deltas after the last reset."""
    text = ""
    for event in events:
        if event.name == "reset":
            text = ""
        elif event.name == "delta":
            text += event.data["text"]
    return text
