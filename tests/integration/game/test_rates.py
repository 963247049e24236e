"""How often turns may be taken: by a game, by a player, and when memory is short."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from services.chassis import errors
from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_games import Granted, Rate, RedisGames
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_paces import RedisPaces
from services.game.adapters.redis_reads import RedisReads
from services.game.stored import TOLD
from tests.integration.game.live_games import ACTION, GAME, OTHER_ACTION, a_game, a_row, begin, commit, finish, granted
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


def games_at(redis: Redis, burst: int, interval: timedelta = HOUR) -> RedisGames:
    return RedisGames(redis, lease_ms=10_000, rate=Rate(burst=burst, interval=interval))


async def settle(games: RedisGames, right: Granted, key: str) -> None:
    assert await games.abort(GAME, right.number + 1, fence=right.fence, key=key, action_hash=ACTION, events=[]) == "OK"


@pytest.fixture
async def live(each_redis: Redis) -> Redis:
    await RedisKeeping(each_redis).restore(a_game(), known_keys=[], untold=[])
    return each_redis


async def test_a_game_grants_a_burst_of_turns_and_then_says_how_long_to_wait(live: Redis):
    games = games_at(live, 3)
    for number in range(3):
        await settle(games, await granted(games, key=f"k{number}"), f"k{number}")

    answer = await begin(games, key="k3")

    assert answer[0] == b"LIMITED"
    assert HOUR - timedelta(seconds=5) < timedelta(milliseconds=int(answer[1])) <= HOUR


async def test_after_the_wait_that_was_said_and_not_before_there_is_one_more_turn(live: Redis):
    games = games_at(live, 1, timedelta(milliseconds=300))
    reads = RedisReads(live)
    await settle(games, await granted(games, key="first"), "first")
    wait = int((await begin(games, key="second"))[1])
    until = await reads.now_ms() + wait

    async def waited() -> bool:
        return await reads.now_ms() >= until

    await eventually(waited)
    await settle(games, await granted(games, key="second"), "second")
    assert (await begin(games, key="third"))[0] == b"LIMITED"


async def test_what_is_not_granted_spends_nothing(live: Redis):
    games = games_at(live, 2)
    right = await granted(games)
    for how in (
        {},
        {"nonce": "again"},
        {"key": "other", "nonce": "o"},
        {"action": OTHER_ACTION},
        {"expected": 7, "key": "x"},
        {"owner": "y"},
    ):
        await begin(games, **how)
    await settle(games, right, "k")
    for _ in range(5):
        assert (await begin(games))[0] == b"DONE"

    assert isinstance(await begin(games, key="the second of two"), Granted)


async def test_what_a_key_came_to_and_the_present_number_are_said_before_the_rate(live: Redis):
    games = games_at(live, 1)
    await settle(games, await granted(games), "k")

    assert (await begin(games, key="new"))[0] == b"LIMITED"
    assert (await begin(games))[0] == b"DONE"
    assert (await begin(games, action=OTHER_ACTION))[0] == b"MISMATCH"
    assert (await begin(games, key="new", expected=4))[0] == b"CONFLICT"
    assert (await begin(games, key="new", owner="another"))[0] == b"NOT_OWNER"


async def test_a_rate_may_be_off(live: Redis):
    games = games_at(live, 0)
    for number in range(50):
        await settle(games, await granted(games, key=f"k{number}"), f"k{number}")


async def test_fifty_players_requests_at_once_pass_as_many_as_are_allowed(each_redis: Redis):
    paces = RedisPaces(each_redis, Rate(burst=7, interval=HOUR))

    waits = await asyncio.gather(*(paces.wait("mina", f"game:{number}") for number in range(50)))

    assert sum(wait == timedelta(0) for wait in waits) == 7
    assert all(timedelta(0) < wait <= HOUR for wait in waits if wait)
    assert await paces.wait("another", "game:1") == timedelta(0), "each player has a pace of their own"


async def test_a_request_that_is_repeated_costs_a_player_nothing(each_redis: Redis):
    paces = RedisPaces(each_redis, Rate(burst=2, interval=HOUR))

    waits = [await paces.wait("mina", "game:same") for _ in range(20)]

    assert waits == [timedelta(0)] * 20
    assert await paces.wait("mina", "game:other") == timedelta(0)
    assert await paces.wait("mina", "game:third") > timedelta(0)
    assert await paces.wait("mina", "game:same") == timedelta(0)


@asynccontextmanager
async def full(redis: Redis, percent: float) -> AsyncIterator[None]:
    """Redis with a limit of memory of which it uses so much, within a little."""
    used, before = (await redis.info("memory"))["used_memory"], (await redis.config_get("maxmemory"))["maxmemory"]
    await redis.config_set("maxmemory", int(used / percent * 100))
    try:
        yield
    finally:
        await redis.config_set("maxmemory", before)


@pytest.fixture
async def one_server(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        await RedisKeeping(client).restore(a_game(), known_keys=[], untold=[])
        yield client


@pytest.mark.parametrize(("percent", "answer"), [(50, "created"), (65, "STORE_FULL"), (90, "STORE_FULL")])
async def test_new_games_are_refused_first(one_server: Redis, percent: float, answer: str):
    keeping, new = RedisKeeping(one_server), a_game(game_id="another", persisted=-1)
    said = "created"
    async with full(one_server, percent):
        try:
            await keeping.create(new, [a_row(0, revision=TOLD, telling={"text": ""})])
        except errors.Unavailable as failed:
            said = failed.reason if failed.retry_after else "no word of when to come again"

    assert said == answer
    assert bool(await RedisReads(one_server).game("another")) is (answer == "created")


@pytest.mark.parametrize(("percent", "turns"), [(50, 4), (70, 4), (80, 2)])
async def test_turns_are_then_granted_at_half_the_rate(one_server: Redis, percent: float, turns: int):
    """Four turns fit into three intervals ahead of time; at half the rate, each takes two."""
    games = games_at(one_server, 4)
    async with full(one_server, percent):
        answers = []
        for number in range(6):
            answer = await begin(games, key=f"k{number}")
            answers.append(answer)
            if isinstance(answer, Granted):
                await settle(games, answer, f"k{number}")

    assert sum(isinstance(answer, Granted) for answer in answers) == 4
    assert answers[4][0] == b"LIMITED"
    waited = timedelta(milliseconds=int(answers[4][1]))
    assert round(waited / HOUR) == 4 / turns


async def test_at_last_no_turn_is_begun_and_those_under_way_end(one_server: Redis):
    games, keeping, reads = games_at(one_server, 0), RedisKeeping(one_server), RedisReads(one_server)
    right = await granted(games)
    async with full(one_server, 90):
        job = await commit(games, a_row(), right.fence)
        assert (await begin(games, key="new", expected=1)) == [b"FULL"]
        assert (await begin(games))[0] == b"DONE"
        assert await finish(games, job.fence) == 3
    async with full(one_server, 130):
        await keeping.ack(GAME, 0, {1: 2})
        assert await reads.dirty_games(limit=10) == [], "a full Redis drains"
        with pytest.raises(errors.Unavailable) as failed:
            await begin(games, key="new", expected=1)
        assert failed.value.reason == "STORE_FULL"
