"""Loading games, and reading games and logs."""

from datetime import timedelta
from uuid import uuid4

import pytest
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub

from services.chassis import errors
from tests.integration.persistence.sent import NOON, at, game, row, save, sent

pytestmark = pytest.mark.anyio


@pytest.fixture
async def game_id(archive: ArchiveServiceStub, player_id: str) -> str:
    """A stored game of 41 rows."""
    game_id = str(uuid4())
    rows = [row(game_id, number, told=True) for number in range(41)]
    assert await save(archive, sent(game(game_id, player_id, 40), *rows)) == ["SAVED"]
    return game_id


async def test_each_load_raises_the_epoch_and_reads_the_last_rows(archive: ArchiveServiceStub, game_id: str):
    first = await archive.LoadGame(pb.LoadGameRequest(game_id=game_id))
    second = await archive.LoadGame(pb.LoadGameRequest(game_id=game_id))

    assert (first.game.epoch, second.game.epoch) == (1, 2)
    assert [one.number for one in second.rows] == list(range(9, 41))
    assert first.game.state == b"state 40"


@pytest.mark.parametrize("unknown", ["00000000-0000-4000-8000-000000000000", "mina", "", "\0"])
async def test_a_game_nobody_stored_is_not_found(archive: ArchiveServiceStub, unknown: str):
    for asked in (
        archive.LoadGame(pb.LoadGameRequest(game_id=unknown)),
        archive.ListLogRows(pb.ListLogRowsRequest(game_id=unknown, after=-1)),
    ):
        with pytest.raises(errors.NotFound) as caught:
            await asked
        assert (caught.value.reason, caught.value.metadata) == ("GAME_NOT_FOUND", {"gameId": unknown})


async def test_a_row_is_found_by_its_number_and_by_its_key(archive: ArchiveServiceStub, game_id: str):
    wanted = row(game_id, 7, told=True)

    assert await archive.GetLogRow(pb.GetLogRowRequest(game_id=game_id, number=7)) == wanted
    assert await archive.GetLogRow(pb.GetLogRowRequest(game_id=game_id, key="key 7")) == wanted


async def test_the_opening_is_found_by_number_zero_and_follows_nothing(archive: ArchiveServiceStub, game_id: str):
    opening = await archive.GetLogRow(pb.GetLogRowRequest(game_id=game_id, number=0))

    assert (opening.number, opening.parent) == (0, -1)


@pytest.mark.parametrize(
    ("by", "metadata"), [({"number": 41}, {"turn": "41"}), ({"number": -1}, {"turn": "-1"}), ({"key": "key 41"}, {}), ({"key": ""}, {})]
)
async def test_a_row_nobody_stored_is_not_found(archive: ArchiveServiceStub, game_id: str, by, metadata: dict[str, str]):
    with pytest.raises(errors.NotFound) as caught:
        await archive.GetLogRow(pb.GetLogRowRequest(game_id=game_id, **by))
    assert (caught.value.reason, caught.value.metadata) == ("TURN_NOT_FOUND", {"gameId": game_id, **metadata})


@pytest.mark.parametrize("by", [{}, {"key": "a\0"}])
async def test_a_row_is_asked_for_by_something(archive: ArchiveServiceStub, game_id: str, by: dict[str, str]):
    with pytest.raises(errors.Invalid):
        await archive.GetLogRow(pb.GetLogRowRequest(game_id=game_id, **by))


async def test_a_log_is_read_in_pages(archive: ArchiveServiceStub, game_id: str):
    async def numbers(after: int, page_size: int = 0) -> list[int]:
        page = await archive.ListLogRows(pb.ListLogRowsRequest(game_id=game_id, after=after, page_size=page_size))
        return [one.number for one in page.rows]

    assert await numbers(-1) == list(range(41))
    assert await numbers(-1, 3) == [0, 1, 2]
    assert await numbers(38, 3) == [39, 40]
    assert await numbers(40) == []


async def test_a_players_games_are_read_in_pages_the_last_played_first(archive: ArchiveServiceStub, player_id: str):
    ids = [str(uuid4()) for _ in range(5)]
    # Two of them were played at the same moment.
    await save(archive, *(_played(one, player_id, minutes) for one, minutes in zip(ids, (1, 5, 3, 3, 2), strict=True)))

    listed: list[str] = []
    token = ""
    while True:
        page = await archive.ListStoredGames(pb.ListStoredGamesRequest(player_id=player_id, page_size=2, page_token=token))
        listed += [one.game_id for one in page.games]
        assert all(one.state == b"" and one.state_hash for one in page.games)
        token = page.next_page_token
        if not token:
            break

    assert listed == [ids[1], *sorted(ids[2:4], reverse=True), ids[4], ids[0]]


async def test_a_players_games_are_read_by_status(archive: ArchiveServiceStub, player_id: str):
    active, ended = str(uuid4()), str(uuid4())
    await save(
        archive,
        sent(game(active, player_id, 0), row(active, 0)),
        sent(game(ended, player_id, 0, status=pb.GameSnapshot.ENDED, ending_id="dawn"), row(ended, 0)),
    )

    page = await archive.ListStoredGames(pb.ListStoredGamesRequest(player_id=player_id, status=pb.GameSnapshot.ENDED))

    assert [one.game_id for one in page.games] == [ended]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"page_token": "not a token"}, "pageToken"),
        ({"page_token": "WyJhIiwiYiJd"}, "pageToken"),
        ({"page_size": 101}, "pageSize"),
        ({"page_size": -1}, "pageSize"),
        ({"player_id": "mina"}, "playerId"),
        ({"status": 9}, "status"),
    ],
)
async def test_a_page_that_is_asked_for_wrongly_is_refused(archive: ArchiveServiceStub, player_id: str, wrong, field: str):
    with pytest.raises(errors.Invalid) as caught:
        await archive.ListStoredGames(pb.ListStoredGamesRequest(**{"player_id": player_id, **wrong}))
    assert [one.field for one in caught.value.violations] == [field]


def _played(game_id: str, player_id: str, minutes: int) -> pb.SaveGamesRequest.SavedGame:
    snapshot = game(game_id, player_id, 0)
    snapshot.update_time.CopyFrom(at(NOON + timedelta(minutes=minutes)))
    return sent(snapshot, row(game_id, 0))
