"""A store goes away during play."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from redis.asyncio import Redis

from tests.support.eventually import eventually
from tests.support.fault_server import Exchange
from tests.support.player import Event, Player, browser, sign_in, told
from tests.support.servers import Server
from tests.support.stub_vllm import stub_vllm
from tests.support.system import System, running_system

pytestmark = pytest.mark.anyio
WAIT, MOVE = {"verb": "WAIT"}, {"verb": "MOVE", "object": "living_room"}


@pytest.fixture
async def system(postgres_server: Server, redis_server: Server) -> AsyncIterator[System]:
    async with (
        stub_vllm() as base,
        stub_vllm() as lora,
        running_system(postgres_server.url, redis_server.url, base, lora) as system,
    ):
        yield system


@pytest.fixture
async def player(system: System) -> AsyncIterator[Player]:
    async with AsyncExitStack() as stack:
        player = await sign_in(await stack.enter_async_context(browser(system.url)))
        await player.begin()
        yield player


async def replicated(player: Player, turn: int) -> None:
    """Returns when PostgreSQL has a turn: on a busy machine its `done` may have left before."""

    async def kept() -> bool:
        answer = await player.call("GET", f"/v1/games/{player.game_id}/turns/{turn}")
        return answer.status_code == 200 and answer.json()["durability"] == "REPLICATED"

    await eventually(kept, within=20)


async def test_play_goes_on_while_postgresql_is_away(player: Player, system: System, postgres_server: Server):
    await player.turn(WAIT)
    await replicated(player, 1)
    await postgres_server.kill()

    away = [(await player.turn(WAIT))[-1].data for _ in range(3)]
    game = await player.get(f"/v1/games/{player.game_id}")
    read = await player.get(f"/v1/games/{player.game_id}/turns/2")
    guest = await player.http.post("/v1/players:guest", json={})

    assert {turn["durability"] for turn in away} == {"LOCAL"}
    assert (game["turn"], game["opening"]["turn"]) == (4, 0)
    assert read["telling"]["text"] == away[0]["telling"]["text"]
    assert (guest.status_code, guest.json()["reason"]) == (503, "DATABASE_UNAVAILABLE")
    assert guest.headers["retry-after"]

    await postgres_server.start()

    await replicated(player, 4)
    rows = await system.log_of(player.game_id)
    assert [row.number for row in rows] == [0, 1, 2, 3, 4]
    assert [row.telling["text"] for row in rows[2:] if row.telling] == [turn["telling"]["text"] for turn in away]


async def test_games_go_on_after_redis_was_wiped(player: Player, redis_server: Server, system: System):
    turns = [(await player.turn(WAIT, **{"idempotency-key": f"k{n}"}))[-1].data for n in range(3)]
    await replicated(player, 3)
    async with Redis.from_url(redis_server.url) as redis:
        await redis.flushall()

    again = await player.turn(WAIT, 1, **{"idempotency-key": "k1"})
    old = await player.get(f"/v1/games/{player.game_id}/turns/1")
    stale = await player.turn(WAIT, 1, **{"idempotency-key": "new"})
    following = await player.turn(WAIT, 3)

    assert again[-1].data["turn"] == 2
    assert told(again) == turns[1]["telling"]["text"]
    assert old["telling"]["text"] == turns[0]["telling"]["text"]
    assert stale[0].data["reason"] == "STALE_TURN"
    assert following[-1].data["turn"] == 4
    await replicated(player, 4)
    assert [row.number for row in await system.log_of(player.game_id)] == [0, 1, 2, 3, 4]


async def test_a_store_that_is_away_is_named(player: Player, redis_server: Server):
    await redis_server.kill()

    answer = await player.call("GET", f"/v1/games/{player.game_id}")
    ready = await eventually(lambda: unready(player.http), within=10)

    assert (answer.status_code, answer.json()["reason"]) == (503, "STORE_UNAVAILABLE")
    assert ready["status"] == 503

    await redis_server.start()

    async def back() -> bool:
        return (await player.call("GET", f"/v1/games/{player.game_id}")).status_code == 200

    await eventually(back, within=20)
    assert (await player.turn(WAIT))[-1].name == "done"


async def unready(http: httpx.AsyncClient) -> dict[str, object] | None:
    answer = await http.get("/readyz")
    return answer.json() if answer.status_code == 503 else None


async def test_an_older_copy_of_redis_does_not_undo_what_postgresql_has(player: Player, redis_server: Server, system: System):
    await player.turn(WAIT)
    with redis_server.older_copy():
        later = [(await player.turn(WAIT, **{"idempotency-key": f"k{n}"}))[-1].data for n in range(3)]
        await replicated(player, 4)
        await redis_server.kill()
    await redis_server.start()

    again = await player.turn(WAIT, 2, **{"idempotency-key": "k1"})
    stale = await player.turn(WAIT, 1, **{"idempotency-key": "new"})
    following = await player.turn(WAIT, 4)

    assert told(again) == later[1]["telling"]["text"]
    assert stale[0].data["reason"] == "STALE_TURN"
    assert following[-1].data["turn"] == 5
    await replicated(player, 5)
    assert [row.number for row in await system.log_of(player.game_id)] == [0, 1, 2, 3, 4, 5]


async def test_an_older_copy_is_played_on_while_postgresql_is_away_and_compared_when_it_is_back(
    player: Player, redis_server: Server, postgres_server: Server, system: System
):
    await player.turn(WAIT)
    with redis_server.older_copy():
        kept = (await player.turn(WAIT))[-1].data
        await replicated(player, 2)
        await redis_server.kill()
    await postgres_server.kill()
    await redis_server.start()

    in_doubt = (await player.turn(WAIT, 1))[-1].data
    await postgres_server.start()

    await replicated(player, 2)
    turn = await player.get(f"/v1/games/{player.game_id}/turns/2")
    following = (await player.turn(WAIT, 2))[-1].data

    assert (in_doubt["turn"], in_doubt["durability"]) == (2, "LOCAL")
    assert turn["telling"]["text"] == kept["telling"]["text"]
    assert following["turn"] == 3
    await replicated(player, 3)
    assert [row.number for row in await system.log_of(player.game_id)] == [0, 1, 2, 3]


async def test_redis_wiped_while_postgresql_is_away_loses_the_local_turns_and_nothing_else(
    player: Player, redis_server: Server, postgres_server: Server, system: System
):
    await player.turn(WAIT)
    await replicated(player, 1)
    await postgres_server.kill()
    local = [(await player.turn(WAIT))[-1].data for _ in range(2)]
    async with Redis.from_url(redis_server.url) as redis:
        await redis.flushall()
    await postgres_server.start()

    async def back() -> bool:
        return (await player.call("GET", f"/v1/games/{player.game_id}")).status_code == 200

    await eventually(back, within=20)
    game = await player.get(f"/v1/games/{player.game_id}")
    following = (await player.turn(WAIT, 1))[-1].data

    assert {turn["durability"] for turn in local} == {"LOCAL"}
    assert game["turn"] == 1
    assert following["turn"] == 2
    await replicated(player, 2)
    assert [row.number for row in await system.log_of(player.game_id)] == [0, 1, 2]


async def test_whose_turn_went_with_redis_is_shown_nothing_of_another(player: Player, redis_server: Server, system: System):
    async def stored() -> bool:
        return (await player.get(f"/v1/games/{player.game_id}"))["opening"]["durability"] == "REPLICATED"

    await eventually(stored)
    telling, released = system.base.behaviour, asyncio.Event()
    first: list[Event] = []

    async def hangs(exchange: Exchange) -> None:
        await released.wait()
        exchange.close()

    async def lose() -> None:
        async for event in player.stream(WAIT, 0, **{"idempotency-key": "first"}):
            first.append(event)

    system.base.behaviour = hangs
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        losing = group.create_task(lose())
        await system.base.until(open_=1)
        system.base.behaviour = telling
        async with Redis.from_url(redis_server.url) as redis:
            await redis.flushall()
        second = await player.turn(MOVE, 0, **{"idempotency-key": "second"})
        await losing
        released.set()

    again = await player.turn(WAIT, 0, **{"idempotency-key": "first"})
    assert second[-1].name == "done", second
    assert [event.name for event in first] == ["accepted", "resolved", "reset", "error"]
    assert first[-1].data["reason"] == "STORE_UNAVAILABLE"
    assert again[-1].data["reason"] == "STALE_TURN"
