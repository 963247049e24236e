"""A small server of one small story, over real HTTP, that breaks off as a test tells it to."""

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]
Fault = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
"""Answers a request in the server's place; None: the server answers after all."""
HALL = {
    "day": 1, "days": 2, "slot": 3, "slots": 6, "phase": "EVENING",
    "place": {"placeId": "hall", "name": "[현관]", "description": "어둡다.", "exits": [{"name": "마당", "locked": True}]},
    "items": [{"itemId": "lamp", "name": "등잔", "state": "꺼짐"}], "people": [{"personId": "mina", "name": "미나", "mood": "태연함"}],
    "inventory": [{"itemId": "key", "name": "열쇠", "state": ""}], "statistics": [{"key": "calm", "name": "침착함", "value": 6, "max": 10}],
    "conditions": [{"name": "감기", "until": 0}],
}  # fmt: skip
ENDING = {"endingId": "dawn", "title": "새벽", "kind": "SECRET"}
ACTIONS = [{"label": f"할 일 {number}", "command": {"verb": "WAIT", "object": f"thing{number}"}} for number in range(1, 12)]
TELLS = ["\x1b[31m불이 ", "꺼진다. 그리고 ", "조용해진다."]


def telling(text: str, told_by: str = "BASE", speaker: str | None = None) -> Json:
    return {
        "text": text,
        "lines": [{"text": text, "speaker": speaker}],
        "toldBy": told_by,
        "model": "" if told_by == "TEMPLATE" else "gemma",
    }


@dataclass(slots=True)
class Game:
    game_id: str
    locale: str
    turn: int = 0
    status: str = "ACTIVE"
    streams: dict[int, list[tuple[str, Json]]] = field(default_factory=dict)
    """Of each number, what was shown of it; the ids are their places, from 1."""

    def shown(self, *, whole: bool = True) -> Json:
        game = {"gameId": self.game_id, "scenarioId": "inn", "turn": self.turn, "status": self.status, "locale": self.locale}
        if not whole:
            return game
        opening = {"turn": 0, "telling": telling("여관 문이 닫힌다." if self.locale == "ko" else "The inn's door shuts.", "TEMPLATE")}
        return {**game, "opening": opening, "view": HALL, "ending": ENDING if self.status == "ENDED" else None}


@dataclass(slots=True)
class StoryServer:
    """`faults` are used up in order, one for each request that meets the first one's path."""

    url: str = ""
    tokens: set[str] = field(default_factory=set)
    games: dict[str, Game] = field(default_factory=dict)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    asked: list[tuple[str, Json | None, str]] = field(default_factory=list)
    """Method and path, body, and idempotency key or Last-Event-ID of each request."""
    tellers: dict[str, Callable[[str, int], list[tuple[str, Json]]]] = field(default_factory=dict)
    """By what is asked, the events of it where a test wants its own."""
    _answers: dict[str, tuple[Json, int]] = field(default_factory=dict)
    """By key, what was asked under it and its game's number then."""
    _settled: dict[str, list[tuple[str, Json]]] = field(default_factory=dict)

    def fault(self, path: str, *faults: Fault) -> None:
        self.faults += [(path, fault) for fault in faults]

    def keys(self, path: str) -> list[str]:
        """The keys of the requests of a path's end."""
        return [key for asked, _, key in self.asked if asked.endswith(path)]

    def said(self) -> list[object]:
        """What turns were asked for, in words or by a command's object."""
        taken = [body for path, body, _ in self.asked if path.endswith("turns:stream") and body is not None]
        return [body["text"] if "text" in body else body["command"].get("object") for body in taken]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        key = request.headers.get("idempotency-key") or request.headers.get("last-event-id", "")
        self.asked.append((f"{request.method} {request.path}", body, key))
        if self.faults and request.path.endswith(self.faults[0][0]):
            _, fault = self.faults.pop(0)
            if (answer := await fault(request)) is not None:
                return answer
        return await self._answer(request, body, key)

    async def _answer(self, request: web.Request, body: Json, key: str) -> web.StreamResponse:
        path = request.path.removeprefix("/v1/")
        if path == "players:guest":
            token = f"token{len(self.tokens)}"
            self.tokens.add(token)
            return web.json_response({"accessToken": token, "player": {"locale": body["locale"]}})
        if path == "scenarios":
            return web.json_response(scenarios(request.query.get("pageToken", "")))
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return problem(401, "INVALID_TOKEN")
        if path == "games":
            return self._games(request, body, key)
        _, game_id, *parts = path.split("/")
        if game_id not in self.games:
            return problem(404, "GAME_NOT_FOUND")
        return await self._of_game(request, self.games[game_id], "/".join(parts), body, key)

    async def _of_game(self, request: web.Request, game: Game, rest: str, body: Json, key: str) -> web.StreamResponse:
        if rest == "turns:stream":
            return await self._take(request, game, body, key)
        if rest.endswith(":watch"):
            return await self._watch(request, game, int(rest.removeprefix("turns/").removesuffix(":watch")))
        people = [*HALL["people"], {"personId": "gone", "name": "떠난 사람"}]
        places = [{"name": "[현관]", "visited": True, "here": True, "exits": HALL["place"]["exits"]}, {"name": "마당"}]
        clues = [{"title": "발자국", "text": "젖어 있다."}] if game.turn else []
        named = {"": game.shown(), "view": HALL, "actions": {"actions": ACTIONS}, "people": {"people": people}}
        return web.json_response({**named, "map": {"places": places}, "clues": {"clues": clues}}[rest])

    def _games(self, request: web.Request, body: Json, key: str) -> web.StreamResponse:
        if request.method == "GET":
            active = [game.shown(whole=False) for game in self.games.values() if game.status == request.query["status"]]
            return web.json_response({"games": active, "nextPageToken": ""})
        game = self.games.setdefault(key, Game(game_id=key, locale=body["locale"]))
        return web.json_response(game.shown())

    async def _take(self, request: web.Request, game: Game, body: Json, key: str) -> web.StreamResponse:
        if key in self._settled:
            return await stream(request, game.turn + 1, self._settled[key])
        if key in self._answers:
            asked, number = self._answers[key]
            assert asked == body, "one key, one action"
            return await stream(request, number, game.streams[number])
        if game.status == "ENDED":
            return problem(409, "GAME_ENDED")
        if body["expectedTurn"] != game.turn:
            return problem(409, "STALE_TURN")
        number = game.turn + 1
        return await stream(request, number, self.take(game, body, key))

    def take(self, game: Game, body: Json, key: str) -> list[tuple[str, Json]]:
        """Takes a turn; its events."""
        number = game.turn + 1
        asked = body.get("text") or body["command"]["object"]
        events = self.tellers.get(asked, tell)(asked, number)
        if events[-1][1]["turn"] != number:
            self._settled[key] = events
        else:
            game.turn, self._answers[key], game.streams[number] = number, (body, number), events
            game.status = "ENDED" if events[-1][1].get("ending") else "ACTIVE"
        return events

    async def _watch(self, request: web.Request, game: Game, number: int) -> web.StreamResponse:
        if number not in game.streams:
            return problem(404, "TURN_NOT_FOUND")
        after = int(request.headers.get("last-event-id", "0-0").partition("-")[2])
        return await stream(request, number, game.streams[number], min(after, len(game.streams[number]) - 1))


def scenarios(page_token: str) -> Json:
    """A page of the catalogue: two, then one."""
    words = [{"locale": "ko", "title": "여관", "summary": "하룻밤."}, {"locale": "en", "title": "The Inn", "summary": "One night."}]
    ids = {"": ["inn", "mill"], "2": ["farm"]}[page_token]
    found = [
        {"scenarioId": one, "rating": "12", "days": 1, "slotsPerDay": 9, "endings": 2, "words": words if one == "inn" else []}
        for one in ids
    ]
    return {"scenarios": found, "nextPageToken": "" if page_token else "2"}


def tell(asked: str, number: int) -> list[tuple[str, Json]]:
    """The events of what is asked."""
    done = {"turn": number - 1, "view": HALL}
    match asked:
        case "no":
            return [accepted(number), ("refused", {"lines": [{"text": "안 된다."}]}), ("done", done)]
        case "which":
            choices = [{"label": name, "command": {"verb": "USE", "object": thing}} for name, thing in (("등잔", "lamp"), ("열쇠", "key"))]
            return [accepted(number), ("clarify", {"question": "무엇을?", "choices": choices}), ("done", done)]
        case "look":
            return [accepted(number), resolved("현관이다."), ("done", done)]
    told = [("delta", {"k": 0, "text": text}) for text in TELLS]
    whole = {"turn": number, "view": HALL, "telling": telling("".join(TELLS))}
    if asked == "end":
        return [accepted(number), resolved("날이 샌다."), *told, ("ending", ENDING), ("done", {**whole, "ending": ENDING})]
    return [accepted(number), resolved(f"{asked}을 한다."), *told, ("done", whole)]


def accepted(number: int) -> tuple[str, Json]:
    return "accepted", {"turn": number}


def resolved(*lines: str) -> tuple[str, Json]:
    return "resolved", {"events": [], "lines": [{"text": line} for line in lines], "view": HALL}


async def stream(
    request: web.Request, number: int, events: list[tuple[str, Json]], after: int = 0, until: int | None = None
) -> web.StreamResponse:
    """Sends the events after a place, up to another, as the gateway does."""
    answer = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await answer.prepare(request)
    for k, (name, data) in itertools.islice(enumerate(events, 1), after, until):
        await answer.write(f": ping\n\nid: {number}-{k}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode())
    return answer


def problem(status: int, reason: str, headers: dict[str, str] | None = None, **more: object) -> web.Response:
    body = json.dumps({"status": status, "reason": reason, "detail": f"because of {reason}", **more})
    return web.Response(status=status, body=body.encode(), headers={"content-type": "application/problem+json", **(headers or {})})


def answers(response: Callable[[], web.Response]) -> Fault:
    """This answer, whatever is asked."""

    async def fault(request: web.Request) -> web.StreamResponse:
        return response()

    return fault


async def dropped(request: web.Request) -> web.StreamResponse | None:
    """The connection breaks before anything was done."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def lost(server: StoryServer, *, after: int, abruptly: bool) -> Fault:
    """The turn is taken, and its stream breaks after so many events: with a reset, or as if it had ended."""

    async def fault(request: web.Request) -> web.StreamResponse | None:
        game = server.games[request.path.split("/")[3]]
        number = game.turn + 1
        events = server.take(game, await request.json(), request.headers["idempotency-key"])
        answer = await stream(request, number, events, until=after)
        if abruptly and request.transport is not None:
            request.transport.abort()
        return answer

    return fault


@asynccontextmanager
async def story_server(port: int = 0) -> AsyncIterator[StoryServer]:
    """A story server while the block lasts."""
    server = StoryServer()
    async with served(server, port):
        yield server


@asynccontextmanager
async def served(server: StoryServer, port: int = 0) -> AsyncIterator[None]:
    """Serves while the block lasts."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.serve)
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield
    finally:
        await runner.cleanup()
