"""What the sync does with what can't be written: a game that is wrong, a persistence that is, and one that knows less than it did."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.chassis import errors
from services.game.adapters import keys
from tests.integration.game.live_games import GAME, play, play_and_tell
from tests.integration.game.synced import World, restored, running_sync
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(redis_url: str) -> AsyncIterator[World]:
    async with running_sync(redis_url) as world:
        yield world


async def test_a_game_that_spoils_its_batch_is_set_aside_and_the_others_are_written(world: World):
    games = [f"game {number:02}" for number in range(20)]
    await world.dirty(*games)
    world.archive.spoils[games[7]] = errors.Invalid("INVALID_ARGUMENT", "no such thing can be stored")
    for game_id in games:
        world.sync.nudge(game_id)

    await eventually(world.settled)
    assert {game_id for game_id, _ in world.archive.rows} == {*games} - {games[7]}
    poisoned = await world.reads.game(games[7])
    assert poisoned.halted == "POISON"
    assert world.counted("POISON") == 1
    world.archive.spoils.clear()
    assert await world.keeping.requeue(games[7])
    world.sync.nudge(games[7])
    await eventually(world.settled)
    assert (games[7], 0) in world.archive.rows


async def test_a_game_that_meets_a_defect_is_put_off_and_not_set_aside(world: World):
    games = [f"game {number:02}" for number in range(20)]
    await world.dirty(*games)
    world.archive.spoils[games[7]] = errors.Internal("INTERNAL", "a defect")
    sweeping = asyncio.create_task(world.sync.sweep())

    async def others_are_written() -> bool:
        return {game_id for game_id, _ in world.archive.rows} == {*games} - {games[7]}

    await eventually(others_are_written)
    assert (await world.reads.game(games[7])).halted == ""
    assert world.metrics.get_sample_value("maratang_sync_failures_total", {"reason": "INTERNAL"}) >= 1
    world.archive.spoils.clear()

    await eventually(world.settled, within=60)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert (games[7], 0) in world.archive.rows, "it is found again by the sweep"


@pytest.mark.parametrize(
    "failure",
    [
        errors.Unauthenticated("INVALID_CREDENTIAL", "another credential"),
        errors.Unimplemented("UNKNOWN_METHOD", "an older persistence"),
        errors.Internal("INTERNAL", "a defect of every call"),
        errors.Cancelled("CANCELLED", "it was cancelled"),
    ],
    ids=lambda failure: failure.reason,
)
async def test_what_is_wrong_with_persistence_sets_no_game_aside(world: World, failure: errors.Failure):
    games = [f"game {number:02}" for number in range(40)]
    await world.dirty(*games)
    world.archive.failure = failure
    sweeping = asyncio.create_task(world.sync.sweep())

    async def failing() -> bool:
        return world.sync.is_away

    await eventually(failing)
    tries = len(world.archive.sent)
    world.archive.failure = None
    await eventually(world.settled, within=60)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert tries < 20, "not once for each game"
    assert {game_id for game_id, _ in world.archive.rows} == {*games}
    assert world.metrics.get_sample_value("maratang_sync_failures_total", {"reason": failure.reason}) >= 1


async def three_turns_are_written(world: World) -> None:
    await world.dirty(GAME)
    world.sync.nudge(GAME)
    await eventually(world.settled)
    for number in (1, 2, 3):
        await play_and_tell(world.games, number, key=f"k{number}")
        world.sync.nudge(GAME)
        await eventually(world.settled)


async def test_what_an_older_backup_lacks_is_written_once_more_while_redis_has_it(world: World):
    await three_turns_are_written(world)
    restored_from_a_backup = {at: row for at, row in world.archive.rows.items() if at[1] <= 1}
    written = dict(world.archive.rows)
    world.archive.rows, world.archive.restored = restored_from_a_backup, True
    await play_and_tell(world.games, 4, key="k4")
    world.sync.nudge(GAME)

    await eventually(world.settled)
    assert world.counted("REFILLED") == 1
    assert {at: row for at, row in world.archive.rows.items() if at[1] <= 3} == written
    assert (GAME, 4) in world.archive.rows
    game = await world.reads.game(GAME)
    assert (game.halted, game.number, game.persisted) == ("", 4, 4)


async def test_a_game_whose_lost_rows_are_nowhere_goes_back_to_what_is_stored(world: World):
    await three_turns_are_written(world)
    world.archive.rows = {at: row for at, row in world.archive.rows.items() if at[1] == 0}
    await world.redis.delete(keys.stream(GAME, 2))
    world.archive.restored = True
    await play_and_tell(world.games, 4, key="k4")
    world.sync.nudge(GAME)

    async def set_back() -> bool:
        return world.counted("SET_BACK") == 1

    await eventually(set_back)
    game = await world.reads.game(GAME)
    assert (game.halted, game.epoch, game.number, game.persisted) == ("", 1, 0, 0)
    assert await play(world.games, 1, key="anew")


async def test_a_game_that_an_older_backup_has_nothing_of_is_dropped(world: World):
    await restored(world)
    await play_and_tell(world.games, 1)
    world.archive.restored = True
    world.archive.unknown.add(GAME)
    world.sync.nudge(GAME)

    async def set_back() -> bool:
        return world.counted("SET_BACK") == 1

    await eventually(set_back)
    assert await world.reads.game(GAME) is None
    assert (await world.reads.counts()).dirty == 0


@pytest.mark.parametrize("outcome", ["DIVERGED", "GAP", "POISON"])
async def test_a_game_that_can_not_be_written_is_stopped_for_all_processes_and_counted(world: World, outcome: str):
    await world.dirty(GAME)
    world.archive.outcomes[GAME] = outcome
    world.sync.nudge(GAME)

    await eventually(world.settled)
    assert (await world.reads.game(GAME)).halted == outcome
    assert world.counted(outcome) == 1
    world.sync.nudge(GAME)
    await world.dirty("another")
    world.sync.nudge("another")
    await eventually(world.settled)
    assert world.archive.sent == [[GAME], ["another"]], "it is not sent again"
