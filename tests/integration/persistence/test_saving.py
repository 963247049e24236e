"""SaveGames, over gRPC and on a real PostgreSQL: each outcome, and what is stored then."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub

from services.chassis import errors
from tests.integration.persistence.sent import TELLING, create_player, game, log, row, save, sent

pytestmark = pytest.mark.anyio


@pytest.fixture
def game_id() -> str:
    return str(uuid4())


async def test_a_new_game_is_stored_with_its_rows(archive: ArchiveServiceStub, player_id: str, game_id: str):
    snapshot = game(game_id, player_id, 1)
    rows = [row(game_id, 0, told=True), row(game_id, 1)]

    assert await save(archive, sent(snapshot, *rows)) == ["SAVED"]

    loaded = await archive.LoadGame(pb.LoadGameRequest(game_id=game_id))
    snapshot.epoch = 1
    assert loaded.game == snapshot
    assert list(loaded.rows) == rows


async def test_saving_the_same_again_changes_nothing(archive: ArchiveServiceStub, player_id: str, game_id: str):
    same = sent(game(game_id, player_id, 1), row(game_id, 0, told=True), row(game_id, 1))
    await save(archive, same)

    assert await save(archive, same) == ["SAVED"]
    assert await log(archive, game_id) == [(0, 2, TELLING), (1, 1, "")]


async def test_a_told_row_replaces_the_untold_one_at_the_same_number(archive: ArchiveServiceStub, player_id: str, game_id: str):
    await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0)))

    assert await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0, told=True))) == ["SAVED"]
    assert await log(archive, game_id) == [(0, 2, TELLING)]


async def test_an_untold_row_never_replaces_the_told_one(archive: ArchiveServiceStub, player_id: str, game_id: str):
    await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0, told=True)))

    assert await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0))) == ["SAVED"]
    assert await log(archive, game_id) == [(0, 2, TELLING)]


async def test_an_ended_game_is_stored_without_a_new_row(archive: ArchiveServiceStub, player_id: str, game_id: str):
    await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0)))

    ended = game(game_id, player_id, 0, status=pb.GameSnapshot.ENDED, ending_id="dawn")
    assert await save(archive, sent(ended)) == ["SAVED"]

    stored = (await archive.LoadGame(pb.LoadGameRequest(game_id=game_id))).game
    assert (stored.status, stored.ending_id) == (pb.GameSnapshot.ENDED, "dawn")


async def test_an_older_number_is_stale_and_changes_nothing(archive: ArchiveServiceStub, player_id: str, game_id: str):
    await save(archive, sent(game(game_id, player_id, 1), row(game_id, 0), row(game_id, 1)))

    assert await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0, told=True))) == ["STALE"]
    assert await log(archive, game_id) == [(0, 1, ""), (1, 1, "")]


async def test_an_older_epoch_is_stale_however_far_it_got(archive: ArchiveServiceStub, player_id: str, game_id: str):
    await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0)))
    epoch = (await archive.LoadGame(pb.LoadGameRequest(game_id=game_id))).game.epoch

    assert await save(archive, sent(game(game_id, player_id, 1), row(game_id, 1, otherwise="ghost"))) == ["STALE"]
    assert await save(archive, sent(game(game_id, player_id, 1, epoch=epoch), row(game_id, 1))) == ["SAVED"]
    assert await save(archive, sent(game(game_id, player_id, 2), row(game_id, 1, otherwise="ghost"))) == ["STALE"]


async def test_another_history_is_divergence_and_stops_no_other_game(archive: ArchiveServiceStub, player_id: str, game_id: str):
    other = str(uuid4())
    await save(archive, sent(game(game_id, player_id, 1), row(game_id, 0), row(game_id, 1)))

    outcomes = await save(
        archive,
        sent(game(game_id, player_id, 2), row(game_id, 1, told=True, otherwise="another"), row(game_id, 2)),
        sent(game(other, player_id, 0), row(other, 0)),
    )

    assert outcomes == ["DIVERGED", "SAVED"]
    assert await log(archive, game_id) == [(0, 1, ""), (1, 1, "")]
    assert await log(archive, other) == [(0, 1, "")]


async def test_the_game_of_another_player_is_divergence(archive: ArchiveServiceStub, player_id: str, game_id: str):
    await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0)))
    thief = (await create_player(archive, str(uuid4()))).player_id

    assert await save(archive, sent(game(game_id, thief, 1), row(game_id, 1))) == ["DIVERGED"]


@pytest.mark.parametrize(
    ("number", "numbers"),
    [
        pytest.param(3, [3], id="a row is missing between those stored and those sent"),
        pytest.param(4, [2, 4], id="a row is missing among those sent"),
        pytest.param(3, [2], id="the rows end before the game"),
        pytest.param(2, [2, 3], id="the rows go beyond the game"),
        pytest.param(2, [], id="there are no rows at all"),
    ],
)
async def test_rows_that_do_not_join_on_are_a_gap(
    archive: ArchiveServiceStub, player_id: str, game_id: str, number: int, numbers: list[int]
):
    await save(archive, sent(game(game_id, player_id, 1), row(game_id, 0), row(game_id, 1)))

    assert await save(archive, sent(game(game_id, player_id, number), *(row(game_id, one) for one in numbers))) == ["GAP"]
    assert await log(archive, game_id) == [(0, 1, ""), (1, 1, "")]


async def test_a_game_without_its_opening_is_a_gap_and_not_begun(archive: ArchiveServiceStub, player_id: str, game_id: str):
    assert await save(archive, sent(game(game_id, player_id, 1), row(game_id, 1))) == ["GAP"]
    with pytest.raises(errors.NotFound, match="no such game"):
        await archive.LoadGame(pb.LoadGameRequest(game_id=game_id))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"record_json": '{"say":"\\u0000"}'}, id="an escaped NUL in the record"),
        pytest.param({"record_json": '{"say":"\\ud800"}'}, id="half a character in the record"),
        pytest.param({"record_json": "{"}, id="a record that is no JSON"),
        pytest.param({"record_json": "[]"}, id="a record that is no object"),
        pytest.param({"text": "a\0b"}, id="a NUL in the text"),
        pytest.param({"request_id": "key 0"}, id="a key that another row has"),
        pytest.param({"revision": 3}, id="a revision that is none"),
        pytest.param({"parent": 1}, id="a row that follows itself"),
        pytest.param({"rule_hash": b"short"}, id="a hash of the wrong length"),
        pytest.param({"game_id": "6f5b6d2e-0000-4000-8000-000000000000"}, id="a row of another game"),
    ],
)
async def test_a_game_that_cant_be_stored_is_poison_and_the_rest_goes_on(
    archive: ArchiveServiceStub, player_id: str, game_id: str, changed: dict[str, object]
):
    healthy = [str(uuid4()) for _ in range(6)]
    games = [sent(game(one, player_id, 0), row(one, 0)) for one in healthy]
    spoilt = row(game_id, 1)
    for name, value in changed.items():
        setattr(spoilt, name, value)
    games.insert(3, sent(game(game_id, player_id, 1), row(game_id, 0), spoilt))

    assert await save(archive, *games) == ["SAVED"] * 3 + ["POISON"] + ["SAVED"] * 3
    assert [await log(archive, one) for one in healthy] == [[(0, 1, "")]] * 6
    with pytest.raises(errors.NotFound):
        await log(archive, game_id)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"player_id": str(uuid4())}, id="a player that is not there"),
        pytest.param({"pack_hash": "no such pack"}, id="a pack that is not there"),
        pytest.param({"status": 0}, id="no status"),
        pytest.param({"player_id": "mina"}, id="an id that is none"),
        pytest.param({"locale": "fr"}, id="a language that is none"),
    ],
)
async def test_a_game_that_belongs_nowhere_is_poison(archive: ArchiveServiceStub, player_id: str, game_id: str, changed: dict[str, object]):
    spoilt = game(game_id, player_id, 0)
    for name, value in changed.items():
        setattr(spoilt, name, value)

    assert await save(archive, sent(spoilt, row(game_id, 0))) == ["POISON"]


async def test_a_batch_says_what_became_of_each_game_in_the_order_asked(archive: ArchiveServiceStub, player_id: str):
    ids = sorted((str(uuid4()) for _ in range(60)), reverse=True)
    games = [sent(game(one, player_id, 0), row(one, 0)) for one in ids]
    for index in (7, 31):
        games[index] = sent(game(ids[index], player_id, 1), row(ids[index], 1))
    for index in (8, 59):
        games[index].rows[0].text = "\0"

    outcomes = await save(archive, *games)

    assert {index: one for index, one in enumerate(outcomes) if one != "SAVED"} == {7: "GAP", 8: "POISON", 31: "GAP", 59: "POISON"}


async def test_a_batch_that_is_too_large_or_names_a_game_twice_is_refused(archive: ArchiveServiceStub, player_id: str, game_id: str):
    twice = [sent(game(game_id, player_id, 0), row(game_id, 0))] * 2
    with pytest.raises(errors.Invalid, match="twice"):
        await archive.SaveGames(pb.SaveGamesRequest(games=twice))
    with pytest.raises(errors.Invalid, match="at most 200"):
        await archive.SaveGames(pb.SaveGamesRequest(games=[sent(game(str(uuid4()), player_id, 0)) for _ in range(201)]))


async def test_the_record_comes_back_byte_for_byte(archive: ArchiveServiceStub, player_id: str, game_id: str):
    record = '{"z":1,"가":{"b":12345678901234567890,"a":-0.0},"a":1.50}'
    await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0, record_json=record)))

    assert (await archive.GetLogRow(pb.GetLogRowRequest(game_id=game_id, number=0))).record_json == record


async def test_two_flushers_with_the_same_games_store_one_history(archive: ArchiveServiceStub, player_id: str):
    ids = [str(uuid4()) for _ in range(20)]

    async def flush(order: list[str]) -> None:
        for number in range(5):
            games = [
                sent(game(one, player_id, number), *(row(one, before, told=before < number) for before in range(number + 1)))
                for one in order
            ]
            assert set(await save(archive, *games)) <= {"SAVED", "STALE"}

    await asyncio.gather(flush(ids), flush(ids[::-1]), flush(ids[10:] + ids[:10]))

    for one in ids:
        assert await log(archive, one) == [(number, 2, TELLING) for number in range(4)] + [(4, 1, "")]


async def test_of_two_histories_begun_at_once_one_diverges(archive: ArchiveServiceStub, player_id: str, game_id: str):
    one, other = await asyncio.gather(
        *(save(archive, sent(game(game_id, player_id, 0), row(game_id, 0, otherwise=word))) for word in ("one", "another"))
    )

    assert {*one, *other} == {"SAVED", "DIVERGED"}


async def test_a_flush_that_its_caller_gave_up_is_still_whole(archive: ArchiveServiceStub, database_url: str, player_id: str, game_id: str):
    await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0)))
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM games WHERE game_id = $1 FOR UPDATE", game_id)
            with pytest.raises(errors.OutOfTime):
                await save(archive, sent(game(game_id, player_id, 1), row(game_id, 0, told=True), row(game_id, 1)), seconds=0.2)
            assert await log(archive, game_id) == [(0, 1, "")]
    finally:
        await connection.close()

    # A later flush waits for the row's lock, so the one given up has ended by then.
    assert await save(archive, sent(game(game_id, player_id, 1))) == ["SAVED"]
    assert await log(archive, game_id) == [(0, 2, TELLING), (1, 1, "")]
