"""The scripts that change live games, on a real Valkey."""

import asyncio

import orjson
import pytest

from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_games import KEYS_KEPT, Committed, Granted, RedisGames, TakenOver
from services.game.adapters.redis_keeping import RedisKeeping, Restored
from services.game.adapters.redis_reads import RedisReads
from services.game.stored import LiveGame
from tests.integration.game.live_games import ACTION, GAME, OTHER_ACTION, a_game, a_row, begin, commit, finish, granted, play
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio
LEASE_MS = 300


@pytest.fixture
def games(each_redis: Redis) -> RedisGames:
    return RedisGames(each_redis, lease_ms=LEASE_MS)


@pytest.fixture
def keeping(each_redis: Redis) -> RedisKeeping:
    return RedisKeeping(each_redis)


@pytest.fixture
def reads(each_redis: Redis) -> RedisReads:
    return RedisReads(each_redis)


async def taken_over(games: RedisGames) -> TakenOver | None:
    taken = await games.take_over_action(GAME)
    return taken if isinstance(taken, TakenOver) else None


async def telling_taken_over(games: RedisGames) -> TakenOver | None:
    taken = await games.take_over_telling(GAME, 1)
    return taken if isinstance(taken, TakenOver) else None


@pytest.fixture
async def game(keeping: RedisKeeping) -> LiveGame:
    made = a_game()
    assert await keeping.restore(made, known_keys=[], untold=[]) is Restored.OK
    return made


async def test_begin_grants_the_state_and_shows_accepted(games: RedisGames, reads: RedisReads, game: LiveGame):
    right = await granted(games)

    assert (right.number, right.state, right.pack_hash, right.k0) == (0, b"state 0", "pack", 1)
    assert [(entry.k, entry.event, orjson.loads(entry.data)) for entry in await reads.entries(GAME, 1)] == [(1, "accepted", {"turn": 1})]
    assert await reads.is_deciding(GAME)


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        ({"owner": "another"}, [b"NOT_OWNER"]),
        ({"expected": 5, "key": "late"}, [b"CONFLICT", b"1"]),
        ({"key": "k", "action": OTHER_ACTION, "expected": 0}, [b"MISMATCH"]),
        ({"key": "k", "expected": 0}, [b"DONE", b"1", b"1"]),
        ({"key": "k", "expected": 7}, [b"DONE", b"1", b"1"]),
        ({"owner": "another", "key": "k", "action": OTHER_ACTION}, [b"NOT_OWNER"]),
    ],
)
async def test_begin_answers_in_the_order_owner_key_number(games: RedisGames, game: LiveGame, how, answer):
    await play(games, 1)

    assert await begin(games, **how) == answer


async def test_begin_knows_an_absent_game(games: RedisGames):
    assert await begin(games) == [b"ABSENT"]


async def test_begin_lets_the_same_key_attach_and_another_wait(games: RedisGames, game: LiveGame):
    await granted(games)

    assert await begin(games, nonce="another call") == [b"RUNNING", b"1", b"1"]
    assert (await begin(games, action=OTHER_ACTION, nonce="another call"))[0] == b"MISMATCH"
    busy = await begin(games, key="other", nonce="another call")
    assert busy[0] == b"BUSY"
    assert 0 < int(busy[1]) <= LEASE_MS


async def test_begin_repeated_by_the_same_call_is_the_same_grant(games: RedisGames, game: LiveGame):
    assert await begin(games) == await begin(games)


async def test_begin_refuses_a_game_that_has_ended(games: RedisGames, game: LiveGame):
    right = await granted(games)
    await commit(games, a_row(), right.fence, status="ENDED", ending="dawn")

    assert await begin(games, key="more", expected=1) == [b"CLOSED", b"ENDED", b"dawn"]


async def test_eight_begins_of_one_number_grant_one(games: RedisGames, game: LiveGame):
    answers = await asyncio.gather(*(begin(games, key=f"k{n}", action=f"{n}" * 64, nonce=f"{n}") for n in range(8)))

    assert sum(isinstance(answer, Granted) for answer in answers) == 1
    assert {answer[0] for answer in answers if not isinstance(answer, Granted)} == {b"BUSY"}


async def test_commit_makes_a_row_a_key_a_dirty_mark_and_a_telling_job(
    games: RedisGames, reads: RedisReads, game: LiveGame, each_redis: Redis
):
    done = await play(games, 1)

    live, rows = await reads.backlog(GAME)
    assert (live.number, live.state, live.depth) == (1, b"state", 1)
    assert rows == [a_row()]
    assert await reads.dirty_games(limit=10) == [GAME]
    assert not await reads.is_deciding(GAME)
    assert await each_redis.zrange(keys.tellings(keys.shard_of(GAME)), 0, -1) == [f"{GAME}:1".encode()]
    assert [(entry.k, entry.event) for entry in await reads.entries(GAME, 1)] == [(1, "accepted"), (2, "resolved")]
    assert done.k == 2


async def test_commit_under_an_old_fence_is_refused(games: RedisGames, reads: RedisReads, game: LiveGame):
    old = await granted(games)
    taken = await eventually(lambda: taken_over(games))

    assert await commit(games, a_row(), old.fence) == "FENCED"
    assert isinstance(await commit(games, a_row(), taken.fence), Committed)
    assert await commit(games, a_row(), old.fence, nonce="late") == "DONE"
    assert (await reads.game(GAME)).number == 1


async def test_commit_repeated_by_the_same_worker_is_the_same_commit(games: RedisGames, reads: RedisReads, game: LiveGame):
    right = await granted(games)
    first = await commit(games, a_row(), right.fence)

    assert await commit(games, a_row(), right.fence) == first
    assert len(await reads.entries(GAME, 1)) == 2


async def test_who_asks_again_after_their_work_was_taken_over_does_not_get_the_right_of_who_took_it(games: RedisGames, game: LiveGame):
    await granted(games)
    taken = await eventually(lambda: taken_over(games))
    assert await begin(games) == [b"RUNNING", b"1", b"1"]

    assert isinstance(await commit(games, a_row(), taken.fence), Committed)
    await eventually(lambda: telling_taken_over(games))
    assert await commit(games, a_row(), taken.fence) == "DONE"


async def test_abort_keeps_the_answer_and_the_number(games: RedisGames, reads: RedisReads, game: LiveGame):
    right = await granted(games)
    events = [("refused", b'{"lines":[]}'), ("settled", b"{}")]

    done = await games.abort(GAME, 1, fence=right.fence, key="k", action_hash=ACTION, events=events)

    assert done == "OK"
    assert await begin(games, nonce="later") == [b"DONE", b"-1", b"1"]
    assert [entry.event for entry in await reads.entries(GAME, 1)] == ["accepted", "refused", "settled"]
    assert (await granted(games, key="next")).k0 == 4, "k never restarts"
    assert await games.abort(GAME, 1, fence=right.fence, key="x", action_hash=ACTION, events=[]) == "FENCED"


async def test_an_answer_that_is_not_kept_leaves_the_key_free(games: RedisGames, reads: RedisReads, game: LiveGame):
    right = await granted(games)

    done = await games.abort(GAME, 1, fence=right.fence, key="k", action_hash=ACTION, events=[("settled", b"{}")], keep=False)

    assert done == "OK"
    assert (await granted(games, nonce="again")).k0 == 3
    assert [entry.event for entry in await reads.entries(GAME, 1)] == ["accepted", "settled", "accepted"]


async def test_tell_appends_in_order_and_only_under_the_fence(games: RedisGames, reads: RedisReads, game: LiveGame):
    job = await play(games, 1)

    async def tell(k: int, fence: int = job.fence, event: str = "delta") -> str:
        return await games.tell(GAME, 1, fence=fence, k=k, event=event, data=b'{"text":"a"}')

    assert [await tell(4), await tell(3), await tell(3), await tell(4, fence=job.fence + 1)] == ["GAP", "OK", "DUP", "FENCED"]
    await games.stop(GAME, 1)
    assert [await tell(4), await tell(4, event="reset")] == ["STOPPED", "OK"]
    assert [entry.k for entry in await reads.entries(GAME, 1, after=2)] == [3, 4]


async def test_whose_action_begins_at_a_place_of_a_stream_is_known_while_it_is_decided_and_after(
    games: RedisGames, keeping: RedisKeeping, reads: RedisReads, game: LiveGame
):
    async def begun(number: int, key: str, k: int) -> bool:
        return await reads.is_begun_at(GAME, number, key, k)

    right = await granted(games)
    assert [await begun(1, "k", 1), await begun(1, "other", 1), await begun(1, "k", 2), await begun(2, "k", 1)] == [
        True,
        False,
        False,
        False,
    ]
    await commit(games, a_row(), right.fence)
    assert [await begun(1, "k", 1), await begun(1, "other", 1), await begun(1, "k", 2), await begun(2, "k", 1)] == [
        True,
        False,
        False,
        False,
    ]
    answered = await granted(games, key="answered", expected=1)
    await games.abort(GAME, 2, fence=answered.fence, key="answered", action_hash=ACTION, events=[("settled", b"")])
    assert [await begun(2, "answered", 1), await begun(1, "answered", 1), await begun(2, "answered", 3)] == [True, False, False]

    loaded = a_game(epoch=1, number=1)
    await keeping.restore(loaded, known_keys=[("k", ACTION, 1)], untold=[a_row()], over=(0, 1))
    assert [await begun(1, "k", 1_000_001), await begun(2, "k", 1_000_001), await begun(1, "other", 1_000_001)] == [True, False, False]


async def test_finish_writes_the_second_revision_once(games: RedisGames, reads: RedisReads, game: LiveGame):
    job = await play(games, 1)

    assert await finish(games, job.fence + 5) == "FENCED"
    assert await finish(games, job.fence, text="어두운 방.") == 3
    assert await finish(games, job.fence) == "DONE"
    told = a_row().told({"text": "어두운 방."})
    assert await reads.row(GAME, 1) == told
    assert await reads.shown_row(GAME, 1) == (3, told)
    assert await games.take_over_telling(GAME, 1) == "GONE"


async def test_the_last_of_a_telling_comes_with_its_end_unless_it_was_stopped(games: RedisGames, reads: RedisReads, game: LiveGame):
    job = await play(games, 1)
    last = ("delta", b'{"text":"a"}')
    other = await play(games, 2, key="other")
    await games.stop(GAME, 2)

    assert await finish(games, job.fence, last) == 4
    assert await finish(games, other.fence, last, number=2, key="other") == "STOPPED"
    assert (await reads.row(GAME, 2)).revision == 1
    assert await finish(games, other.fence, number=2, key="other", text="") == 3
    assert [[entry.event for entry in await reads.entries(GAME, number)] for number in (1, 2)] == [
        ["accepted", "resolved", "delta", "told"],
        ["accepted", "resolved", "told"],
    ]


async def test_a_lease_is_taken_over_only_when_it_has_run_out(games: RedisGames, reads: RedisReads, game: LiveGame):
    right = await granted(games)
    assert await games.take_over_action(GAME) == "HELD"
    assert (await reads.expired()).actions == ()

    async def expired() -> bool:
        return (await reads.expired()).actions == (GAME,)

    await eventually(expired)
    taken = await games.take_over_action(GAME)

    assert taken.fence > right.fence
    assert taken.attempts == 2
    assert taken.fields[b"key"] == b"k"
    assert not await games.renew_action(GAME, right.fence)
    assert await games.renew_action(GAME, taken.fence)


async def test_ack_forgets_exactly_the_revisions_that_are_stored(
    games: RedisGames, keeping: RedisKeeping, reads: RedisReads, game: LiveGame
):
    job = await play(games, 1)
    await finish(games, job.fence)

    await keeping.ack(GAME, 0, {1: 1})
    assert (await reads.row(GAME, 1)).revision == 2, "the told revision came after what was sent"
    assert await reads.dirty_games(limit=10) == [GAME]

    await keeping.ack(GAME, 9, {1: 2})
    assert await reads.row(GAME, 1) is not None, "another epoch's word is not taken"

    await keeping.ack(GAME, 0, {1: 2})
    assert await reads.row(GAME, 1) is None
    assert await reads.dirty_games(limit=10) == []
    assert (await reads.game(GAME)).persisted == 1


async def test_restore_puts_a_game_only_over_what_is_known_to_be_behind(games: RedisGames, keeping: RedisKeeping, reads: RedisReads, game):
    newer = a_game(epoch=1, number=3, persisted=3)
    known, untold = [("old", ACTION, 2)], [a_row(3, key="untold")]

    assert await keeping.restore(a_game(), known_keys=[], untold=[]) is Restored.EXISTS
    assert await keeping.restore(newer, known_keys=known, untold=untold) is Restored.BEHIND
    assert await keeping.restore(newer, known_keys=known, untold=untold, over=(0, 7)) is Restored.BEHIND, "it has gone on"
    assert (await reads.game(GAME)).number == 0
    assert await keeping.restore(newer, known_keys=known, untold=untold, over=(0, 0)) is Restored.OK

    live = await reads.game(GAME)
    assert (live.epoch, live.number) == (1, 3)
    assert await begin(games, key="old") == [b"DONE", b"2", b"0"]
    assert await reads.row(GAME, 3) == a_row(3, key="untold")
    assert await reads.dirty_games(limit=10) == [], "PostgreSQL has it"
    assert (await reads.expired()).tellings == ((GAME, 3),)
    assert (await games.take_over_telling(GAME, 3)).fence > 1_000_000
    assert [(entry.k, entry.event) for entry in await reads.entries(GAME, 3)] == [
        (1_000_001, "accepted"),
        (1_000_002, "resolved"),
        (1_000_003, "reset"),
    ], "above whatever was shown before"


async def test_a_game_that_is_here_only_takes_the_epoch_of_one_that_is_loaded_late(
    games: RedisGames, keeping: RedisKeeping, reads: RedisReads, game: LiveGame
):
    await play(games, 1)

    assert await keeping.restore(a_game(epoch=4, number=0, persisted=0), known_keys=[], untold=[]) is Restored.EXISTS
    live, rows = await reads.backlog(GAME)
    assert (live.epoch, live.number, rows) == (4, 1, [a_row()]), "the acknowledged turn is still here, to be written in the new epoch"


async def test_a_game_put_over_another_lets_none_of_its_workers_write(
    games: RedisGames, keeping: RedisKeeping, reads: RedisReads, game: LiveGame
):
    job = await play(games, 1)
    right = await granted(games, key="second", expected=1)
    assert await keeping.restore(a_game(epoch=1, number=1, persisted=1), known_keys=[], untold=[], over=(0, 1)) is Restored.OK

    assert await commit(games, a_row(2, key="second"), right.fence) == "FENCED"
    assert await games.tell(GAME, 1, fence=job.fence, k=3, event="delta", data=b"{}") == "FENCED"
    assert await finish(games, job.fence) == "FENCED"
    assert await eventually(lambda: gone(games)), "its job has no row to tell"
    assert await reads.dirty_games(limit=10) == []


async def gone(games: RedisGames) -> bool:
    return await games.take_over_telling(GAME, 1) == "GONE"


async def test_only_the_last_keys_are_remembered(games: RedisGames, game: LiveGame):
    for number in range(1, KEYS_KEPT + 3):
        await play(games, number, key=f"k{number}")

    assert (await begin(games, key="k2"))[0] == b"CONFLICT"
    assert (await begin(games, key="k3"))[0] == b"DONE"


async def test_a_key_may_look_like_a_field_of_ours(games: RedisGames, game: LiveGame):
    for number, key in enumerate(["#", "#1", "=k1"], 1):
        await play(games, number, key=key)

    assert [(await begin(games, key=key))[:2] for key in ["#", "#1", "=k1"]] == [[b"DONE", b"1"], [b"DONE", b"2"], [b"DONE", b"3"]]


async def test_commands_outlive_a_restart_of_the_store(redis_server):
    async with connect(redis_server.url) as client:
        games = RedisGames(client, lease_ms=LEASE_MS)
        await RedisKeeping(client).restore(a_game(), known_keys=[], untold=[])
        await redis_server.kill()
        waiting = asyncio.create_task(begin(games))
        await redis_server.start()

        assert await waiting == [b"UNSEEN"], "an older copy may have come back: it is to be compared"
        assert await RedisKeeping(client).seen(a_game(), doubt=False)
        assert isinstance(await begin(games), Granted)
