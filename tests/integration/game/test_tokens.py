"""A player's tokens of the day, over real Redis: counted over all of the player's games, and told when they are had."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.redis_tokens import RedisTokens

pytestmark = pytest.mark.anyio
EVENING = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)


class Clock:
    now = EVENING

    def __call__(self) -> datetime:
        return self.now


async def a_game(client: Redis, owner: str) -> str:
    game_id = str(uuid4())
    await client.hset(keys.game(game_id), "owner", owner)
    return game_id


async def test_what_one_game_spends_another_of_the_same_player_lacks_until_midnight(redis_url: str):
    clock = Clock()
    async with Redis.from_url(redis_url) as client:
        tokens = RedisTokens(client, 100, clock)
        one, two, others = await a_game(client, "minji"), await a_game(client, "minji"), await a_game(client, "jun")
        await tokens.spend(one, 60)
        await tokens.check(two)
        await tokens.spend(two, 60)
        with pytest.raises(errors.Exhausted) as caught:
            await tokens.check(one)
        await tokens.check(others)

        assert caught.value.reason == "TOKEN_BUDGET_SPENT"
        assert caught.value.retry_after == timedelta(minutes=10)
        assert caught.value.metadata == {"resetTime": "2026-03-02T00:00:00Z"}

        clock.now += timedelta(minutes=10)
        await tokens.check(one)


async def test_what_was_spent_is_forgotten_in_time(redis_url: str):
    async with Redis.from_url(redis_url) as client:
        tokens = RedisTokens(client, 100, Clock())
        await tokens.spend(await a_game(client, "minji"), 1)

        assert 0 < await client.ttl(keys.tokens("minji", "2026-03-01")) <= 2 * 86400


@pytest.mark.parametrize("a_day", [0, 100])
async def test_without_a_limit_or_a_game_nothing_is_counted(redis_url: str, a_day: int):
    async with Redis.from_url(redis_url) as client:
        tokens = RedisTokens(client, a_day, Clock())
        game_id = await a_game(client, "minji") if a_day == 0 else str(uuid4())
        await tokens.spend(game_id, 1000)
        await tokens.check(game_id)

        assert not [key async for key in client.scan_iter("*:m:*")]
