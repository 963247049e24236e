"""Sessions in Redis: a token that was revoked stays so, whoever comes late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis
from services.game.adapters.redis_sessions import RedisSessions, Session

pytestmark = pytest.mark.anyio
PLAYER = "5f6cf1f2-8d5e-4a33-bb0c-1f53d2a6f2be"
SHARD = keys.shard_of(PLAYER)
TOKEN, OTHER = b"\1" * 32, b"\2" * 32
NOW = datetime.now(UTC).replace(microsecond=0)
SESSION = Session(player_id=PLAYER, locale="ko", expire_time=NOW + timedelta(days=30), checked_time=NOW)


async def test_a_session_is_found_until_it_expires(each_redis: Redis):
    sessions = RedisSessions(each_redis)
    await sessions.put(SHARD, TOKEN, SESSION)
    await sessions.put(SHARD, OTHER, replace(SESSION, expire_time=NOW - timedelta(seconds=1)))

    assert await sessions.find(SHARD, TOKEN) == SESSION
    assert await sessions.find(SHARD, OTHER) is None


async def test_a_session_that_was_ended_is_not_brought_back_by_who_read_it_before(each_redis: Redis):
    sessions = RedisSessions(each_redis)
    for token in (TOKEN, OTHER):
        await sessions.put(SHARD, token, SESSION)

    await sessions.end(SHARD, PLAYER, TOKEN)
    await sessions.put(SHARD, TOKEN, SESSION)

    with pytest.raises(errors.Unauthenticated):
        await sessions.find(SHARD, TOKEN)
    assert await sessions.find(SHARD, OTHER) == SESSION


async def test_of_a_session_that_was_ended_nothing_is_kept_for_long(each_redis: Redis):
    sessions = RedisSessions(each_redis)
    await sessions.put(SHARD, TOKEN, SESSION)
    await sessions.end(SHARD, PLAYER, TOKEN)

    assert 0 < await each_redis.ttl(keys.session(SHARD, TOKEN)) <= 120
    assert await each_redis.hgetall(keys.session(SHARD, TOKEN)) == {b"ended": b"1"}
