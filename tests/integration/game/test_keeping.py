"""How games come into Redis, agree with PostgreSQL, are set aside, and leave."""

from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from services.game import evictor
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_games import RedisGames
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads
from services.game.evictor import Evictor
from services.game.stored import RESOLVED, TOLD
from tests.integration.game.live_games import GAME, a_game, a_row, begin, commit, finish, granted, play, play_and_tell

pytestmark = pytest.mark.anyio


@pytest.fixture
async def games(each_redis: Redis) -> RedisGames:
    await RedisKeeping(each_redis).restore(a_game(), known_keys=[], untold=[])
    return RedisGames(each_redis, lease_ms=10_000)


@pytest.fixture
def keeping(each_redis: Redis) -> RedisKeeping:
    return RedisKeeping(each_redis)


@pytest.fixture
def reads(each_redis: Redis) -> RedisReads:
    return RedisReads(each_redis)


async def test_a_game_leaves_only_when_nothing_of_it_would_be_lost(games: RedisGames, keeping: RedisKeeping, reads: RedisReads):
    assert await keeping.evict(GAME, 0, played_before_ms=1) == "PLAYED", "not so long ago"
    right = await granted(games)
    assert await keeping.evict(GAME, 0) == "DECIDING"
    job = await commit(games, a_row(), right.fence)
    assert await keeping.evict(GAME, 1) == "DIRTY"
    await keeping.ack(GAME, 0, {1: RESOLVED})
    assert await reads.dirty_games(limit=10) == []
    assert await keeping.evict(GAME, 1) == "TELLING"
    await finish(games, job.fence)
    assert await keeping.evict(GAME, 1) == "DIRTY"
    await keeping.ack(GAME, 0, {1: TOLD})
    assert await keeping.evict(GAME, 0) == "PLAYED", "it has gone on since it was looked at"

    assert await keeping.evict(GAME, 1) == "OK"

    assert await reads.game(GAME) is None
    assert await begin(games) == [b"ABSENT"]
    assert await keeping.evict(GAME, 1) == "ABSENT"


async def test_nothing_of_a_game_that_left_is_kept_but_what_was_shown(
    games: RedisGames, keeping: RedisKeeping, reads: RedisReads, each_redis: Redis
):
    await play_and_tell(games, 1)
    right = await granted(games, key="refused", expected=1)
    await games.abort(GAME, 2, fence=right.fence, key="refused", action_hash="a", events=[("settled", b"{}")])
    await keeping.ack(GAME, 0, {1: TOLD})
    assert await keeping.evict(GAME, 1) == "OK"

    left = {name.decode() async for name in each_redis.scan_iter()}
    assert left == {keys.stream(GAME, 1), keys.stream(GAME, 2)}
    assert [3000 < await each_redis.ttl(name) <= 3600 for name in left] == [True, True]

    await keeping.restore(a_game(epoch=1, number=1, persisted=1), known_keys=[], untold=[])
    await granted(games, key="again", expected=1)
    assert await each_redis.ttl(keys.stream(GAME, 2)) == -1, "a stream that is written again is not about to vanish"


async def test_an_untold_row_stays_here_although_postgresql_has_it(games: RedisGames, keeping: RedisKeeping, reads: RedisReads):
    await play(games, 1)
    await keeping.ack(GAME, 0, {1: RESOLVED})

    assert await reads.row(GAME, 1) == a_row(), "telling it must not need PostgreSQL"
    assert (await reads.backlog(GAME))[1] == []


async def test_a_row_is_safe_when_postgresql_has_both_its_revisions(games: RedisGames, keeping: RedisKeeping, reads: RedisReads):
    job = await play(games, 1)
    await keeping.ack(GAME, 0, {1: RESOLVED})
    assert not await reads.is_safe(GAME, 1, 3)
    await finish(games, job.fence)
    assert not await reads.is_safe(GAME, 1, 3)
    await keeping.ack(GAME, 0, {1: TOLD})
    assert await reads.is_safe(GAME, 1, 3)
    assert not await reads.is_safe(GAME, 1, 9), "another telling than the one that was shown"
    await keeping.evict(GAME, 1)
    assert not await reads.is_safe(GAME, 1, 3), "what is not here is not known to be safe"


async def test_a_game_set_aside_is_not_written_until_it_is_put_back(games: RedisGames, keeping: RedisKeeping, reads: RedisReads):
    await play(games, 1)
    await keeping.quarantine(GAME, 7, "POISON")
    assert await reads.dirty_games(limit=10) == [GAME], "another epoch's word is not taken"

    await keeping.quarantine(GAME, 0, "POISON")
    await play(games, 2, key="k2")
    assert await reads.dirty_games(limit=10) == []
    assert (await reads.game(GAME)).halted == "POISON"
    assert (await reads.counts()).quarantined == 1
    assert await keeping.evict(GAME, 2) == "DIRTY"

    assert await keeping.requeue(GAME)
    assert await reads.dirty_games(limit=10) == [GAME]
    assert (await reads.counts()).quarantined == 0
    assert not await keeping.requeue("nobody's")


async def test_a_game_that_diverged_takes_no_more_turns(games: RedisGames, keeping: RedisKeeping):
    await play(games, 1)
    await keeping.quarantine(GAME, 0, "DIVERGED")

    assert await begin(games, key="k2", expected=1) == [b"CLOSED", b"DIVERGED", b""]
    assert (await begin(games))[0] == b"DONE"


@pytest.fixture
def rested(keeping: RedisKeeping, each_redis: Redis):
    async def rest(game_id: str, minutes: float) -> None:
        """A game that PostgreSQL has, last played so long ago."""
        await keeping.restore(a_game(game_id=game_id), known_keys=[], untold=[])
        now = await RedisReads(each_redis).now_ms()
        await each_redis.zadd(keys.live(keys.shard_of(game_id)), {game_id: now - minutes * 60_000})

    return rest


async def test_the_evictor_lets_go_what_rested_long_enough(keeping: RedisKeeping, reads: RedisReads, rested):
    for number in range(60):
        await rested(f"old {number}", 61)
        await rested(f"young {number}", 59)

    assert await Evictor(keeping, reads, CollectorRegistry(), idle=timedelta(hours=1)).sweep() == 60

    assert [await reads.game(f"old {number}") for number in range(60)] == [None] * 60
    assert all([await reads.game(f"young {number}") for number in range(60)])


async def test_games_that_must_stay_do_not_keep_the_others(keeping: RedisKeeping, reads: RedisReads, games: RedisGames, rested, each_redis):
    shard = keys.shard_of(GAME)
    same_shard = [name for name in (f"game {number}" for number in range(6000)) if keys.shard_of(name) == shard][:60]
    for number, game_id in enumerate(same_shard):
        await rested(game_id, 1000 - number)
        if number < 40:
            await each_redis.hset(keys.rows(game_id), "1", b"1row")

    assert await Evictor(keeping, reads, CollectorRegistry(), idle=timedelta(hours=1)).sweep() == 20


async def test_when_memory_is_short_games_go_sooner(redis_url: str):
    async with connect(redis_url) as redis:
        keeping, reads = RedisKeeping(redis), RedisReads(redis)
        await keeping.restore(a_game(), known_keys=[], untold=[])
        two_minutes_ago = await reads.now_ms() - 120_000
        await redis.zadd(keys.live(keys.shard_of(GAME)), {GAME: two_minutes_ago})
        sweeps = Evictor(keeping, reads, CollectorRegistry(), idle=timedelta(hours=24))
        assert timedelta(minutes=2) > evictor.SHORT_OF_MEMORY_IDLE

        assert await sweeps.sweep() == 0
        before = (await redis.config_get("maxmemory"))["maxmemory"]
        await redis.config_set("maxmemory", int((await redis.info("memory"))["used_memory"] / 0.65))
        try:
            assert await sweeps.sweep() == 1
        finally:
            await redis.config_set("maxmemory", before)


async def test_a_live_game_takes_less_than_eight_kilobytes(games: RedisGames, keeping: RedisKeeping, each_redis: Redis):
    """The game and the keys it remembers; its open stream and its backlog aside."""
    for number in range(1, 41):
        await play_and_tell(games, number, key=f"0123456789abcdef-0123456789abcdef-{number:02}")
    await keeping.ack(GAME, 0, dict.fromkeys(range(1, 41), TOLD))

    sizes = [await each_redis.memory_usage(name, samples=0) async for name in each_redis.scan_iter(match="{*}:[gk]:*")]

    assert len(sizes) == 2
    assert sum(sizes) + 200 < 8192 - 3000, "3,000 bytes stay for the state of a long game"
