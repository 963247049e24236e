"""The client against a server that breaks off, refuses and lies."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing
from typing import Any

import pytest
from aiohttp import web

from maratang_client import AsyncClient, Client, Foreign, Problem, Unreachable, problems
from maratang_client.shapes import Clarify, Delta, Refusal, Resolved, Turn, TurnEvent
from tests.support.eventually import eventually
from tests.support.story_server import TELLS, StoryServer, answers, dropped, lost, problem, served, stream, tell

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 3.0


class Sitter:
    """Somebody who plays by one of the two clients: by the blocking one in a thread, as it would be in a process of its own."""

    def __init__(self, client: Client | AsyncClient, waits: list[str]) -> None:
        self.client = client
        self.waits = waits

    async def call(self, name: str, *about: Any, **more: Any) -> Any:
        method = getattr(self.client, name)
        return await (asyncio.to_thread(method, *about, **more) if isinstance(self.client, Client) else method(*about, **more))

    async def read(self, name: str, *about: Any, **more: Any) -> list[Any]:
        """All that a call gives one after the other: a stream's events, or what is listed page by page."""
        found = getattr(self.client, name)(*about, **more)
        return await asyncio.to_thread(list, found) if isinstance(self.client, Client) else [one async for one in found]

    async def guest(self) -> None:
        await self.call("create_guest", locale="ko")

    async def take(self, asked: str, expected: int = 0) -> list[TurnEvent]:
        game = await self.call("create_game", scenario_id="inn", locale="ko")
        return await self.read("stream_turn", game.game_id, text=asked, expected_turn=expected)


@asynccontextmanager
async def sitting(
    url: str, kind: type[Client | AsyncClient] = AsyncClient, *, patience_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[Sitter]:
    waits: list[str] = []
    client = kind(url, waiting=lambda: waits.append("…"), patience_seconds=patience_seconds)
    try:
        yield Sitter(client, waits)
    finally:
        if isinstance(client, Client):
            client.close()
        else:
            await client.close()


@pytest.fixture
async def sitter(story: StoryServer) -> AsyncIterator[Sitter]:
    async with sitting(story.url) as sitter:
        await sitter.guest()
        yield sitter


@pytest.fixture(params=[Client, AsyncClient])
async def each_sitter(story: StoryServer, request: pytest.FixtureRequest) -> AsyncIterator[Sitter]:
    async with sitting(story.url, request.param) as sitter:
        await sitter.guest()
        yield sitter


def told(events: list[TurnEvent]) -> list[str]:
    return [event.event.text for event in events if isinstance(event.event, Delta)]


EVENTS = len(tell("wait", 1))


@pytest.mark.parametrize(("after", "abruptly"), [(after, bool(after % 2)) for after in range(EVENTS)] + [(1, False), (2, True)])
async def test_a_stream_that_is_cut_goes_on_where_it_was_cut(story: StoryServer, each_sitter: Sitter, after: int, abruptly: bool):
    story.fault("turns:stream", lost(story, after=after, abruptly=abruptly))

    events = await each_sitter.take("wait")

    assert told(events) == TELLS
    assert isinstance(events[-1].event, Turn)
    assert len([event for event in events if isinstance(event.event, Resolved)]) == 1
    assert len(set(story.keys("turns:stream"))) == 1
    assert next(iter(story.games.values())).turn == 1


async def test_a_stream_is_watched_again_as_often_as_it_is_cut(story: StoryServer, each_sitter: Sitter):
    def cut(after: int):
        async def fault(request: web.Request) -> web.StreamResponse:
            game = story.games[request.path.split("/")[3]]
            begin = int(request.headers["last-event-id"].partition("-")[2])
            return await stream(request, 1, game.streams[1], begin, begin + after)

        return fault

    story.fault("turns:stream", lost(story, after=1, abruptly=False))
    story.fault(":watch", cut(1), cut(2), cut(0), cut(1))

    assert told(await each_sitter.take("wait")) == TELLS
    assert story.keys(":watch") == ["1-1", "1-2", "1-4", "1-4", "1-5"]


@pytest.mark.parametrize(("asked", "kind"), [("no", Refusal), ("which", Clarify), ("look", Resolved)])
@pytest.mark.parametrize("after", [0, 1, 2])
async def test_what_spends_no_turn_is_asked_again_under_its_key(story: StoryServer, sitter: Sitter, asked: str, kind: type, after: int):
    story.fault("turns:stream", lost(story, after=after, abruptly=True))

    events = await sitter.take(asked)

    assert len([event for event in events if isinstance(event.event, kind)]) == 1
    assert isinstance(events[-1].event, Turn)
    assert len(story.keys("turns:stream")) == 2
    assert len(set(story.keys("turns:stream"))) == 1


@pytest.mark.parametrize(
    "response",
    [
        lambda: problem(503, "STORE_UNAVAILABLE", retryAfter=0.3),
        lambda: problem(429, "TURN_RATE_LIMITED", retryAfter=0.3),
        lambda: problem(409, "GAME_BUSY", retryAfter=0.1),
        lambda: problem(504, "DEADLINE_EXCEEDED"),
        lambda: web.Response(status=502, text="<html>bad gateway</html>", content_type="text/html"),
    ],
)
async def test_what_passes_is_waited_for(story: StoryServer, sitter: Sitter, response: Callable[[], web.Response]):
    story.fault("turns:stream", answers(response), answers(response))

    assert told(await sitter.take("wait")) == TELLS
    assert sitter.waits == ["…"]
    assert len(set(story.keys("turns:stream"))) == 1


async def test_the_server_says_how_long_to_wait(story: StoryServer, each_sitter: Sitter):
    began = asyncio.get_running_loop().time()
    story.fault("/scenarios", answers(lambda: problem(503, "DATABASE_UNAVAILABLE", {"retry-after": "1"})))

    await each_sitter.read("all_scenarios")

    assert asyncio.get_running_loop().time() - began >= 1


async def test_a_connection_that_breaks_takes_no_turn_twice(story: StoryServer, each_sitter: Sitter):
    story.fault("/games", dropped)
    story.fault("turns:stream", dropped, dropped)

    assert told(await each_sitter.take("wait")) == TELLS
    assert len(story.games) == 1
    assert len(set(story.keys("POST /v1/games"))) == 1
    assert len(set(story.keys("turns:stream"))) == 1


def in_band(failure: dict[str, object]):
    async def fault(request: web.Request) -> web.StreamResponse:
        return await stream(request, 1, [("accepted", {"turn": 1}), ("error", failure)])

    return fault


async def test_a_failure_in_the_stream_that_passes_is_waited_for(story: StoryServer, each_sitter: Sitter):
    async def taken_then_failed(request: web.Request) -> web.StreamResponse:
        game = story.games[request.path.split("/")[3]]
        events = story.take(game, await request.json(), request.headers["idempotency-key"])
        return await stream(request, 1, [*events[:2], ("error", {"status": 503, "reason": "SHUTTING_DOWN", "retryAfter": 0.1})])

    story.fault("turns:stream", taken_then_failed)

    events = await each_sitter.take("wait")

    assert told(events)[-1] == TELLS[-1]
    assert isinstance(events[-1].event, Turn)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (answers(lambda: problem(409, "STALE_TURN")), "STALE_TURN"),
        (answers(lambda: problem(409, "GAME_ENDED")), "GAME_ENDED"),
        (answers(lambda: problem(400, "INVALID_ARGUMENT")), "INVALID_ARGUMENT"),
        (answers(lambda: problem(401, "INVALID_TOKEN")), "INVALID_TOKEN"),
        (answers(lambda: problem(500, "INTERNAL")), "INTERNAL"),
        (in_band({"status": 500, "reason": "INTERNAL"}), "INTERNAL"),
    ],
)
async def test_what_does_not_pass_is_said_at_once(story: StoryServer, sitter: Sitter, response, reason: str):
    story.fault("turns:stream", response)

    with pytest.raises(Problem) as failed:
        await sitter.take("wait")

    assert failed.value.reason == reason
    assert sitter.waits == []
    assert len(story.keys("turns:stream")) == 1


async def test_patience_has_an_end(story: StoryServer):
    async with sitting(story.url, patience_seconds=1) as sitter:
        await sitter.guest()
        story.fault("/scenarios", *[answers(lambda: problem(503, "DATABASE_UNAVAILABLE"))] * 20)

        with pytest.raises(Problem) as failed:
            await sitter.read("all_scenarios")

    assert failed.value.reason == "DATABASE_UNAVAILABLE"
    assert sitter.waits == ["…"]


async def test_a_server_that_was_never_there_is_not_waited_for():
    async with sitting("http://127.0.0.1:9", patience_seconds=60) as sitter:
        with pytest.raises(Unreachable):
            await sitter.guest()

    assert sitter.waits == []


async def test_a_server_that_comes_back_is_waited_for():
    server = StoryServer()
    async with AsyncExitStack() as up:
        await up.enter_async_context(served(server))
        async with sitting(server.url, patience_seconds=20) as sitter:
            await sitter.guest()
            await up.aclose()
            waiting = asyncio.ensure_future(sitter.read("all_scenarios"))

            async def is_waiting() -> bool:
                return bool(sitter.waits)

            await eventually(is_waiting)
            async with served(server, port=int(server.url.rpartition(":")[2])):
                assert [one.scenario_id for one in await waiting] == ["inn", "mill", "farm"]


async def test_a_server_that_goes_away_is_waited_for_in_vain():
    server = StoryServer()
    async with AsyncExitStack() as up:
        await up.enter_async_context(served(server))
        async with sitting(server.url, patience_seconds=1) as sitter:
            await sitter.guest()
            await up.aclose()
            with pytest.raises(Unreachable):
                await sitter.read("all_scenarios")

    assert sitter.waits == ["…"]


@pytest.mark.parametrize(
    "response",
    [
        lambda: web.Response(text="<html>hello</html>", content_type="text/html"),
        lambda: web.Response(status=404, text="not found"),
        lambda: web.Response(status=301, headers={"location": "/elsewhere"}),
        lambda: web.Response(body=b"{", content_type="application/json"),
        lambda: web.Response(body=b"\xff", content_type="application/json"),
        lambda: web.json_response([]),
        lambda: web.json_response({"scenarios": {}}),
        lambda: web.json_response({"scenarios": ["inn"]}),
        lambda: web.json_response({"scenarios": [{"words": 1}]}),
        lambda: web.Response(status=418, body=b"{", content_type="application/problem+json"),
    ],
)
async def test_who_is_no_maratang_server_is_found_out(story: StoryServer, sitter: Sitter, response: Callable[[], web.Response]):
    story.fault("/scenarios", answers(response))

    with pytest.raises(Foreign):
        await sitter.read("all_scenarios")


@pytest.mark.parametrize(
    "events",
    [
        [("resolved", {"lines": "none"})],
        [("done", [])],
        [("delta", {"text": "x" * 5_000_000})],
    ],
)
async def test_a_stream_that_is_none_of_ours_is_found_out(story: StoryServer, sitter: Sitter, events: list):
    async def fault(request: web.Request) -> web.StreamResponse:
        return await stream(request, 1, events)

    story.fault("turns:stream", fault)

    with pytest.raises(Foreign):
        await sitter.take("wait")


async def test_events_that_are_new_are_passed_over(story: StoryServer, sitter: Sitter):
    story.tellers["new"] = lambda asked, number: [("omen", {"x": 1}), *tell(asked, number)]

    assert told(await sitter.take("new")) == TELLS


async def test_a_turn_that_was_told_is_watched_again(story: StoryServer, each_sitter: Sitter):
    events = await each_sitter.take("wait")
    game_id = next(iter(story.games))

    assert await each_sitter.read("watch_turn", game_id, 1) == events
    with pytest.raises(Problem) as failed:
        await each_sitter.read("watch_turn", game_id, 2)
    assert failed.value.reason == "TURN_NOT_FOUND"


async def test_who_signs_in_is_remembered(story: StoryServer, each_sitter: Sitter):
    assert each_sitter.client.token in story.tokens
    each_sitter.client.token = "nobody's"

    with pytest.raises(problems.InvalidToken) as failed:
        await each_sitter.call("get_game", "g")

    assert failed.value.status == 401


async def test_a_stream_that_is_left_is_closed(story: StoryServer):
    with Client(story.url) as client:
        await asyncio.to_thread(client.create_guest, locale="ko")
        game = await asyncio.to_thread(client.create_game, scenario_id="inn", locale="ko")
        with closing(client.stream_turn(game.game_id, text="wait", expected_turn=0)) as events:
            assert (await asyncio.to_thread(next, events)).id == "1-1"
    async with AsyncClient(story.url, token=client.token) as other:
        async with aclosing(other.watch_turn(game.game_id, 1, after="1-1")) as events:
            assert (await anext(events)).id == "1-2"
        assert (await other.get_game(game.game_id)).turn == 1


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port"])
def test_an_address_that_is_none_is_said_at_once(url: str):
    for kind in (Client, AsyncClient):
        with pytest.raises(Unreachable):
            kind(url)
