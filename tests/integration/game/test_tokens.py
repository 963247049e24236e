"""A player's tokens of the day, over real Redis: counted over all processes, and told when they are had."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from services.chassis import errors
from services.chassis.ending import ended
from services.game.adapters import keys
from services.game.adapters.redis_tokens import RedisTokens
from tests.support.eventually import eventually
from tests.support.servers import free_port

pytestmark = pytest.mark.anyio
EVENING = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)


class Clock:
    now = EVENING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


async def has_had_them(tokens: RedisTokens, player_id: str = "minji") -> bool:
    try:
        await tokens.check(player_id)
    except errors.Exhausted:
        return True
    return False


async def test_what_a_player_has_had_here_counts_at_once_and_for_nobody_else_until_midnight(client: Redis):
    clock = Clock()
    tokens = RedisTokens(client, 100, clock)
    tokens.spend("minji", 60)
    await tokens.check("minji")
    tokens.spend("minji", 60)
    with pytest.raises(errors.Exhausted) as caught:
        await tokens.check("minji")
    await tokens.check("jun")

    assert caught.value.reason == "TOKEN_BUDGET_SPENT"
    assert caught.value.retry_after == timedelta(minutes=10)
    assert caught.value.metadata == {"resetTime": "2026-03-02T00:00:00Z"}

    clock.now += timedelta(minutes=10)
    await tokens.check("minji")


async def test_what_was_spent_is_soon_known_to_other_processes_and_not_counted_twice(client: Redis):
    here, there = RedisTokens(client, 100, Clock()), RedisTokens(client, 100, Clock())
    running = asyncio.create_task(here.run())
    try:
        for player, tokens in (("minji", 40), ("jun", 99), ("minji", 59)):
            here.spend(player, tokens)
        assert await eventually(lambda: counted(client, minji=99, jun=99))
        assert not await has_had_them(here)
        here.spend("minji", 1)
        assert await eventually(lambda: has_had_them(there))
        assert not await has_had_them(there, "jun")
    finally:
        await ended(running)


async def counted(client: Redis, **tokens: int) -> bool:
    had = [await client.get(keys.tokens(player, "2026-03-01")) for player in tokens]
    return [int(one or 0) for one in had] == list(tokens.values())


async def test_who_has_plenty_left_is_not_counted_at_each_call_but_every_half_minute(client: Redis):
    clock = Clock()
    tokens = RedisTokens(client, 1_000_000, clock)
    await tokens.check("minji")
    await client.set(keys.tokens("minji", "2026-03-01"), 1_000_000)

    assert not await has_had_them(tokens)
    tokens.spend("minji", 800_000)
    assert await has_had_them(tokens), "there is not so much left that it need not be asked"

    await client.set(keys.tokens("minji", "2026-03-01"), 0)
    clock.now += timedelta(seconds=30)
    assert not await has_had_them(tokens)
    await client.set(keys.tokens("minji", "2026-03-01"), 1_000_000)
    clock.now += timedelta(seconds=30)
    assert await has_had_them(tokens)


async def test_what_is_spent_while_others_count_is_waited_for(client: Redis):
    tokens = RedisTokens(client, 100, Clock())
    tokens.spend("minji", 100)
    async with asyncio.TaskGroup() as both:
        both.create_task(tokens.drain())
        checked = both.create_task(has_had_them(tokens))

    assert checked.result()
    assert await counted(client, minji=100)


async def test_who_ends_drains_what_is_spent_and_it_is_forgotten_in_time(client: Redis):
    tokens = RedisTokens(client, 100, Clock())
    running = asyncio.create_task(tokens.run())
    tokens.spend("minji", 1)
    await ended(running)
    await tokens.drain()

    assert await counted(client, minji=1)
    assert 0 < await client.ttl(keys.tokens("minji", "2026-03-01")) <= 2 * 86400


async def test_a_count_that_redis_has_lost_is_begun_anew_and_forgotten_in_time(client: Redis):
    tokens = RedisTokens(client, 100, Clock())
    for _ in range(3):
        tokens.spend("minji", 1)
        await tokens.drain()
        assert 0 < await client.ttl(keys.tokens("minji", "2026-03-01")) <= 2 * 86400
        await client.delete(keys.tokens("minji", "2026-03-01"))


async def test_what_redis_does_not_take_is_said_and_lost():
    async with Redis(port=free_port()) as nowhere:
        tokens = RedisTokens(nowhere, 100, Clock())
        tokens.spend("minji", 7)
        with capture_logs() as lines:
            await tokens.drain()
            await tokens.drain()

    said = [(line["reason"], line["tokens"]) for line in lines if line["event"] == "tokens not counted"]
    assert said == [("STORE_UNAVAILABLE", 7)]


async def test_without_a_limit_nothing_is_counted(client: Redis):
    tokens = RedisTokens(client, 0, Clock())
    tokens.spend("minji", 1000)
    await tokens.drain()
    await tokens.check("minji")

    assert not [key async for key in client.scan_iter("*:m:*")]
