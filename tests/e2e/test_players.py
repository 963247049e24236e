"""What a token is worth, to whom, and for how long; what a player may have at once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

from maratang_client import AsyncClient, problems
from maratang_client.shapes import Command, CommandVerb, Game
from services.chassis.access import token_hash
from services.game.adapters import keys
from services.gateway import examples
from services.gateway.routes import Route
from services.gateway.wiring import public_routes
from tests.support.eventually import eventually
from tests.support.player import browser
from tests.support.system import System, beside

pytestmark = pytest.mark.anyio
OWNED = [route for route in public_routes() if route.player_only and "game_id" in route.descriptor.input_type.fields_by_name]
"""Every call about one game."""
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
async def elsewhere(system: System) -> AsyncIterator[str]:
    """Another game process and another gateway over the same stores."""
    async with beside(system) as url:
        yield url


@pytest.fixture
async def guests(system: System) -> AsyncIterator[tuple[AsyncClient, AsyncClient]]:
    """Two who do not know each other."""
    async with AsyncClient(system.url, patience_seconds=0) as one, AsyncClient(system.url, patience_seconds=0) as other:
        for client in (one, other):
            await client.create_guest()
        yield one, other


@asynccontextmanager
async def closed(database: asyncpg.Connection) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await database.close()


async def with_everything(client: AsyncClient) -> tuple[Game, dict[str, object]]:
    """A game with a turn, a branch and a save; and what stands in paths for them."""
    game = await client.create_game(scenario_id="tutorial")
    await client.take_turn(game.game_id, command=Command(verb=CommandVerb.SEARCH, object="coat"), expected_turn=0)
    branch = await client.create_branch(game.game_id, from_turn=0, title="another")
    save = await client.create_save(game.game_id, title="here")
    return game, {"game_id": game.game_id, "turn": 1, "branch_id": branch.branch_id, "save_id": save.save_id}


def path_of(route: Route, variables: dict[str, object]) -> str:
    text = route.template.text
    for variable in route.template.variables:
        text = text.replace(f"{{{variable.field}}}", str(variables[variable.field]))
    assert "{" not in text
    return text


async def everything_of(client: AsyncClient, game_id: str) -> list[object]:
    return [
        await client.get_game(game_id),
        await client.get_view(game_id),
        (await client.get_transcript(game_id)).data,
        [one async for one in client.all_branches(game_id)],
        [one async for one in client.all_saves(game_id)],
    ]


async def test_of_anothers_game_nothing_can_be_learnt_or_changed_by_any_call(guests, system: System):
    owner, stranger = guests
    game, variables = await with_everything(owner)
    before = await everything_of(owner, game.game_id)
    assert {"GetGame", "DeleteGame", "TakeTurn", "StreamTurn", "WatchTurn", "Undo", "LoadSave", "CreateReport"} <= {
        route.descriptor.name for route in OWNED
    }

    async with browser(system.url) as http:
        for route in OWNED:
            name = route.descriptor.name
            answers = {
                who: await http.request(
                    route.http_method,
                    path_of(route, variables | {"game_id": game_id}),
                    content=json.dumps(examples.BODIES[name]) if route.body else None,
                    headers={"authorization": f"Bearer {stranger.token}", "content-type": "application/json"},
                )
                for who, game_id in (("another's", game.game_id), ("nobody's", "00000000-0000-4000-8000-000000000000"))
            }
            said = {who: answer.json() for who, answer in answers.items()}
            for answer in said.values():
                assert (answer["status"], answer["reason"]) == (404, "GAME_NOT_FOUND"), name
            # What is another's is told apart from what is not there by nothing but the id that was asked for.
            assert [{**answer, "instance": "", "metadata": ""} for answer in said.values()] == [
                {**said["another's"], "instance": "", "metadata": ""}
            ] * 2, name

    assert await everything_of(owner, game.game_id) == before
    assert [one async for one in stranger.all_games()] == []


@pytest.mark.parametrize("token", ["", "x", "17.", f"17.{'a' * 43}", "99999.abc", "17.가", "Bearer"])
async def test_no_call_of_a_player_is_answered_without_a_good_token(system: System, token: str):
    variables: dict[str, object] = {"game_id": "g", "turn": 1, "branch_id": "b", "save_id": "s"}
    headers = {"authorization": f"Bearer {token}".encode()} if token else {}
    async with browser(system.url) as http:
        for route in public_routes():
            if not route.player_only:
                continue
            body = json.dumps(examples.BODIES[route.descriptor.name]) if route.body else None
            answer = await http.request(
                route.http_method, path_of(route, variables), content=body, headers={**headers, "content-type": "application/json"}
            )
            assert (answer.status_code, answer.json()["reason"]) == (401, "INVALID_TOKEN" if token else "UNAUTHENTICATED"), route.rpc


async def test_a_token_that_is_revoked_is_worth_nothing_at_any_gateway_within_a_second(guests, system: System, elsewhere: str):
    revoked, deleted = guests
    for leaver, leave in ((revoked, "sign_out"), (deleted, "delete_player")):
        async with AsyncExitStack() as stack:
            here, there = [
                await stack.enter_async_context(AsyncClient(url, token=leaver.token, patience_seconds=0)) for url in (system.url, elsewhere)
            ]
            for client in (here, there):  # both have met the token
                await client.list_games()
                await client.get_player()

            await getattr(here, leave)()

            async with asyncio.timeout(1):
                for client in (here, there):
                    for ask in (client.list_games, client.get_player, client.list_scenarios):
                        with pytest.raises(problems.InvalidToken):
                            await ask()


async def test_a_token_slides_on_while_it_is_used_and_ends_when_it_expires(guests, system: System):
    client, _ = guests
    hashed = token_hash(client.token)
    key = keys.session(int(client.token.partition(".")[0]), hashed)
    database = await asyncpg.connect(system.database_url.replace("+asyncpg", ""))
    async with Redis.from_url(system.redis_url) as redis, closed(database):
        # As if it had been checked last a while ago, with half its time over.
        await database.execute("UPDATE sessions SET expire_time = now() + interval '15 days' WHERE token_hash = $1", hashed)
        await redis.hset(key, mapping={"expire": str(int(time.time()) + 15 * DAY), "checked": "1"})
        await client.list_games()

        async def slid() -> bool:
            return int(await redis.hget(key, "expire")) > time.time() + 29 * DAY

        await eventually(slid, within=30)
        (kept,) = await database.fetchrow("SELECT expire_time > now() + interval '29 days' FROM sessions WHERE token_hash = $1", hashed)
        assert kept

        await database.execute("UPDATE sessions SET expire_time = now() WHERE token_hash = $1", hashed)
        await redis.delete(key)
        for ask in (client.list_games, client.get_player):
            with pytest.raises(problems.InvalidToken):
                await ask()


async def test_too_many_turns_are_told_exactly_how_long_to_wait(guests, system: System):
    async with beside(system, player_burst=1, player_interval=timedelta(seconds=2)) as url, browser(url) as http:
        client, _ = guests
        game = await client.create_game(scenario_id="tutorial")

        async def take(number: int) -> httpx.Response:
            body = {"command": {"verb": "WAIT"}, "expectedTurn": number}
            return await http.post(f"/v1/games/{game.game_id}/turns", json=body, headers={"authorization": f"Bearer {client.token}"})

        assert (await take(0)).status_code == 200
        limited = await take(1)
        said = limited.json()

        assert (limited.status_code, said["reason"]) == (429, "TURN_RATE_LIMITED")
        assert 0 < said["retryAfter"] <= 2
        assert int(limited.headers["retry-after"]) in {1, 2}
        patient = AsyncClient(url, token=client.token)
        async with patient:
            began = asyncio.get_running_loop().time()
            await patient.take_turn(game.game_id, command=Command(verb=CommandVerb.WAIT), expected_turn=1)
            assert asyncio.get_running_loop().time() - began < 30


async def test_a_player_streams_only_so_much_at_once(guests, system: System):
    client, other = guests
    async with beside(system, player_streams=2) as url, AsyncExitStack() as stack:
        held = asyncio.Event()
        telling = system.base.behaviour

        async def holds(exchange: Any) -> None:
            await held.wait()
            await telling(exchange)

        system.base.behaviour = holds
        try:
            streams = []
            for _ in range(2):
                player = await stack.enter_async_context(AsyncClient(url, token=client.token, patience_seconds=0))
                game = await player.create_game(scenario_id="tutorial")
                stream = await stack.enter_async_context(
                    aclosing(player.stream_turn(game.game_id, command=Command(verb=CommandVerb.WAIT), expected_turn=0))
                )
                await anext(stream)
                streams.append(stream)
            third = await stack.enter_async_context(AsyncClient(url, token=client.token, patience_seconds=0))
            with pytest.raises(problems.TooManyAtOnce) as refused:
                await anext(third.watch_turn(game.game_id, 1))
            assert (refused.value.status, refused.value.metadata, refused.value.retry_after) == (429, {"most": "2"}, 1)
            assert (await third.get_game(game.game_id)).turn == 1, "what is no stream goes on"
            stranger = await stack.enter_async_context(AsyncClient(url, token=other.token, patience_seconds=0))
            own = await stranger.create_game(scenario_id="tutorial")
            async with aclosing(stranger.stream_turn(own.game_id, command=Command(verb=CommandVerb.WAIT), expected_turn=0)) as stream:
                await anext(stream)
            held.set()
            async for _ in streams[0]:
                pass
            async with AsyncClient(url, token=client.token) as patient:
                assert [event async for event in patient.watch_turn(game.game_id, 1)]
        finally:
            held.set()
