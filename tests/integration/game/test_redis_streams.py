"""Following turns' streams, and sessions, on each kind of Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_reads import RedisReads
from services.game.adapters.redis_sessions import RedisSessions, Session
from services.game.adapters.redis_streams import Followers
from services.game.stored import Entry

pytestmark = pytest.mark.anyio


@pytest.fixture
async def followers(each_redis: Redis, each_redis_url: str) -> AsyncIterator[Followers]:
    async with connect(each_redis_url, connections=keys.SHARDS) as blocking:
        followers = Followers(blocking, RedisReads(each_redis))
        reading = asyncio.create_task(followers.read_for_all())
        yield followers
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def append(redis: Redis, game_id: str, k: int) -> None:
    await redis.xadd(keys.stream(game_id, 1), {"e": "delta", "d": f"{k}"}, id=f"{k}-0")


async def read(followers: Followers, game_id: str, *, after: int, until: int) -> list[Entry]:
    found = []
    async with aclosing(followers.follow(game_id, 1, after=after)) as entries:
        async for one in entries:
            found.append(one)
            if one.k >= until:
                return found
    raise AssertionError("a follower listens for ever")


async def test_streams_of_many_shards_are_followed_while_another_process_writes_them(followers: Followers, each_redis: Redis):
    games = [f"game {number}" for number in range(40)]
    assert len({keys.shard_of(game_id) for game_id in games}) > 20
    reading = [asyncio.create_task(read(followers, game_id, after=1, until=9)) for game_id in games]
    for k in range(1, 10):
        await asyncio.gather(*(append(each_redis, game_id, k) for game_id in games))

    async with asyncio.timeout(10):
        for found in await asyncio.gather(*reading):
            assert [one.k for one in found] == list(range(2, 10))


async def test_a_stream_that_began_anew_is_read_on_with_a_reset(followers: Followers, each_redis: Redis):
    await append(each_redis, "game", 1)
    await append(each_redis, "game", 2)
    reading = asyncio.create_task(read(followers, "game", after=1, until=1_000_002))
    await each_redis.delete(keys.stream("game", 1))
    for k in (1_000_001, 1_000_002):
        await append(each_redis, "game", k)

    async with asyncio.timeout(10):
        found = await reading
    assert [(one.k, one.event) for one in found if one.k > 2] == [(1_000_000, "reset"), (1_000_001, "delta"), (1_000_002, "delta")]


async def test_a_session_is_kept_found_and_ended(each_redis: Redis):
    sessions = RedisSessions(each_redis)
    now = datetime.now(UTC).replace(microsecond=0)
    session = Session(player_id="mina", locale="ko", expire_time=now + timedelta(days=1), checked_time=now)
    shard, token_hash = keys.shard_of("mina"), b"t" * 32

    await sessions.put(shard, token_hash, session)
    assert await sessions.find(shard, token_hash) == session
    await sessions.end(shard, "mina", token_hash)
    with pytest.raises(errors.Unauthenticated):
        await sessions.find(shard, token_hash)
