"""How erased games and players leave a real Redis."""

from datetime import UTC, datetime, timedelta

import pytest

from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis
from services.game.adapters.redis_erasures import LAST_EVENT_KEPT_SECONDS, RedisErasures
from services.game.adapters.redis_games import Committed, RedisGames
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads
from services.game.adapters.redis_sessions import RedisSessions, Session
from tests.integration.game.live_games import ACTION, GAME, OWNER, a_game, a_row, begin, commit, finish, granted, play, play_and_tell

pytestmark = pytest.mark.anyio
OTHER = "1f0e0d0c-0b0a-4909-8807-060504030201"


@pytest.fixture
async def games(each_redis: Redis) -> RedisGames:
    """With a game in it, and another."""
    keeping = RedisKeeping(each_redis)
    for game_id in (GAME, OTHER):
        await keeping.restore(a_game(game_id=game_id), known_keys=[], untold=[])
    return RedisGames(each_redis, lease_ms=10_000)


@pytest.fixture
def erasures(each_redis: Redis) -> RedisErasures:
    return RedisErasures(each_redis)


@pytest.fixture
def reads(each_redis: Redis) -> RedisReads:
    return RedisReads(each_redis)


async def names(redis: Redis) -> set[str]:
    return {key.decode() async for key in redis.scan_iter(count=1000)}


@pytest.mark.parametrize("known", [2, 0, -1, 7])
async def test_a_game_leaves_nothing_but_a_word_to_its_followers(
    each_redis: Redis, games: RedisGames, erasures: RedisErasures, reads: RedisReads, known: int
):
    await play_and_tell(games, 1)
    await play(games, 2, key="told still")
    await begin(games, key="decided still", expected=2)

    await erasures.drop_game(GAME, known)
    await erasures.drop_game(GAME, known)

    left = {name for name in await names(each_redis) if GAME in name}
    assert left == {keys.stream(GAME, 2), keys.stream(GAME, 3)}
    for name in left:
        assert 0 < await each_redis.ttl(name) <= LAST_EVENT_KEPT_SECONDS
        assert [fields[b"e"] for _, fields in await each_redis.xrange(name)] == [b"erased"]
    assert [(entry.k, entry.event) for entry in await reads.entries(GAME, 3, after=1)] == [(2, "erased")], "it follows what was seen"
    shard = keys.shard_of(GAME)
    for zset in (keys.dirty(shard), keys.pending(shard), keys.tellings(shard), keys.live(shard), keys.quarantine(shard)):
        assert not any(GAME in member.decode() for member in await each_redis.zrange(zset, 0, -1)), zset
    assert await reads.game(OTHER) is not None


async def test_what_was_under_way_finds_nothing_to_write_to(
    each_redis: Redis, games: RedisGames, erasures: RedisErasures, reads: RedisReads
):
    job = await play(games, 1)
    right = await granted(games, key="next", expected=1)
    await erasures.drop_game(GAME, 1)

    assert await commit(games, a_row(2, key="next"), right.fence) == "ABSENT"
    assert not isinstance(await commit(games, a_row(1), right.fence), Committed)
    assert await games.tell(GAME, 1, fence=job.fence, k=job.k + 1, event="delta", data=b"{}") == "FENCED"
    assert await finish(games, job.fence) == "FENCED"
    assert not await games.renew_telling(GAME, 1, job.fence)
    assert await games.take_over_telling(GAME, 1) == "GONE"
    assert await begin(games, action=ACTION) == [b"ABSENT"]
    assert {name for name in await names(each_redis) if GAME in name} == {keys.stream(GAME, 1), keys.stream(GAME, 2)}


async def test_a_game_that_went_long_ago_leaves_no_streams(each_redis: Redis, games: RedisGames, erasures: RedisErasures):
    await play_and_tell(games, 1)
    await each_redis.delete(keys.game(GAME), keys.rows(GAME), keys.idempotency(GAME))

    await erasures.drop_game(GAME, 1)

    assert not any(GAME in name for name in await names(each_redis))


async def test_a_players_sessions_and_rate_go_and_others_stay(each_redis: Redis, erasures: RedisErasures):
    sessions, now = RedisSessions(each_redis), datetime.now(UTC)
    for owner in (OWNER, "bora"):
        for token_hash in (owner.encode() * 4, owner.encode() * 5):
            session = Session(player_id=owner, locale="ko", expire_time=now + timedelta(days=1), checked_time=now)
            await sessions.put(keys.shard_of(owner), token_hash, session)
        await each_redis.hset(keys.rate(owner), "tat", "1")

    for _ in range(2):
        await erasures.drop_player(OWNER)

    hashes = [b"bora" * 4, b"bora" * 5]
    assert await names(each_redis) == {
        keys.rate("bora"), keys.sessions_of("bora"), *(keys.session(keys.shard_of("bora"), one) for one in hashes)
    }  # fmt: skip
