"""Erasing games and players: what is gone, what stays, and that nothing comes back; reports, and what an export leaves out."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import grpc
import pytest
from maratang.persistence.v1 import admin_service_pb2, admin_service_pb2_grpc
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub

from services.chassis import errors
from services.persistence.adapters.postgres_export import EXPORTED
from services.persistence.schema import metadata
from tests.integration.persistence.sent import create_player, game, row, save, sent
from tests.support import remains

pytestmark = pytest.mark.anyio


@pytest.fixture
def admin(internal: grpc.aio.Channel) -> admin_service_pb2_grpc.AdminServiceStub:
    return admin_service_pb2_grpc.AdminServiceStub(internal)


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


@pytest.fixture
async def game_id(archive: ArchiveServiceStub, player_id: str) -> str:
    """A stored game of two rows."""
    game_id = str(uuid4())
    assert await save(archive, whole(game_id, player_id, 1)) == ["SAVED"]
    return game_id


def whole(game_id: str, player_id: str, number: int) -> pb.SaveGamesRequest.SavedGame:
    return sent(game(game_id, player_id, number), *(row(game_id, one, told=True) for one in range(number + 1)))


async def erase_game(archive: ArchiveServiceStub, game_id: str, player_id: str, live_number: int | None = None) -> None:
    await archive.EraseGame(pb.EraseGameRequest(game_id=game_id, player_id=player_id, live_number=live_number))


async def erase_player(archive: ArchiveServiceStub, player_id: str) -> None:
    await archive.EraseStoredPlayer(pb.EraseStoredPlayerRequest(player_id=player_id))


async def pending(archive: ArchiveServiceStub) -> dict[str, tuple[str, int]]:
    """What has yet to go from the live store: kind and number, by id."""
    found = (await archive.ListErasures(pb.ListErasuresRequest(page_size=1000))).erasures
    return {one.subject_id: (pb.Erasure.Kind.Name(one.kind), one.number) for one in found}


async def test_an_erased_game_is_refused_whatever_arrives_of_it(archive: ArchiveServiceStub, player_id: str, game_id: str):
    other = str(uuid4())
    await erase_game(archive, game_id, player_id)

    for late in (whole(game_id, player_id, 1), sent(game(game_id, player_id, 2), row(game_id, 2)), whole(game_id, player_id, 5)):
        assert await save(archive, late, whole(other, player_id, 1)) == ["ERASED", "SAVED"]
    with pytest.raises(errors.NotFound):
        await archive.LoadGame(pb.LoadGameRequest(game_id=game_id))


async def test_a_game_that_is_only_live_yet_can_be_erased(archive: ArchiveServiceStub, player_id: str):
    live = str(uuid4())
    await erase_game(archive, live, player_id, live_number=7)

    assert await save(archive, whole(live, player_id, 7)) == ["ERASED"]
    assert (await pending(archive))[live] == ("GAME", 7)


async def test_erasing_twice_is_erasing_and_is_audited_once(archive: ArchiveServiceStub, admin, player_id: str, game_id: str):
    for _ in range(2):
        await erase_game(archive, game_id, player_id)
    for _ in range(2):
        await erase_player(archive, player_id)

    for subject_bytes, method in (
        (UUID(player_id).bytes + UUID(game_id).bytes, "EraseGame"),
        (UUID(player_id).bytes, "ErasePlayer"),
    ):
        subject = f"sha256:{hashlib.sha256(subject_bytes).hexdigest()}"
        entries = (await admin.ListAuditEntries(admin_service_pb2.ListAuditEntriesRequest(subject=subject))).entries
        assert [(one.method, one.actor) for one in entries] == [(method, "player")]


async def test_only_its_player_erases_a_game(archive: ArchiveServiceStub, player_id: str, game_id: str):
    thief = (await create_player(archive, str(uuid4()))).player_id

    for asked in (
        erase_game(archive, game_id, thief),
        erase_game(archive, game_id, thief, live_number=3),
        erase_game(archive, str(uuid4()), player_id),
        erase_game(archive, "mina", player_id),
    ):
        with pytest.raises(errors.NotFound) as caught:
            await asked
        assert caught.value.reason == "GAME_NOT_FOUND"
    assert await save(archive, sent(game(game_id, player_id, 2), row(game_id, 2))) == ["SAVED"]


async def test_an_erased_player_leaves_nothing_once_the_live_store_has_let_go(
    archive: ArchiveServiceStub, database_url: str, player_id: str, game_id: str
):
    await erase_player(archive, player_id)

    left = await pending(archive)
    assert (left[player_id], left[game_id]) == (("PLAYER", 0), ("GAME", 1))
    assert await save(archive, whole(game_id, player_id, 1), whole(str(uuid4()), player_id, 0)) == ["ERASED", "ERASED"]
    for _ in range(2):
        await archive.FinishErasures(pb.FinishErasuresRequest(subject_ids=[player_id, game_id]))
    assert not {player_id, game_id} & (await pending(archive)).keys()
    token_hash = hashlib.sha256(player_id.encode()).hexdigest()
    assert await remains.in_postgres(database_url, [player_id, game_id, token_hash]) == {}


async def test_what_is_stored_while_its_player_is_erased_never_stays(archive: ArchiveServiceStub, owner: asyncpg.Connection):
    for _ in range(10):
        player_id, ids = str(uuid4()), [str(uuid4()) for _ in range(8)]
        await create_player(archive, player_id)

        *outcomes, _ = await asyncio.gather(*(save(archive, whole(one, player_id, 2)) for one in ids), erase_player(archive, player_id))

        assert {one for each in outcomes for one in each} <= {"SAVED", "ERASED"}
        assert await owner.fetchval("SELECT count(*) FROM games WHERE game_id = ANY($1)", ids) == 0


async def test_what_is_stored_while_it_is_erased_never_stays(archive: ArchiveServiceStub, owner: asyncpg.Connection, player_id: str):
    for _ in range(20):
        game_id = str(uuid4())

        (outcome,), _ = await asyncio.gather(
            save(archive, whole(game_id, player_id, 2)), erase_game(archive, game_id, player_id, live_number=2)
        )

        assert outcome in {"SAVED", "ERASED"}
        assert await owner.fetchval("SELECT count(*) FROM games WHERE game_id = $1", game_id) == 0


def test_an_export_covers_every_table_that_belongs_to_a_player_or_a_game():
    owned = {name for name, table in metadata.tables.items() if {"player_id", "game_id"} & set(table.c.keys())}

    # When a game's texts are to be deleted is no more than its ending says.
    assert owned - {"ended_games"} == EXPORTED


async def test_flagged_texts_are_read_by_operators_until_they_are_dealt_with(
    archive: ArchiveServiceStub, admin, player_id: str, game_id: str
):
    report_id = str(uuid4())
    request = pb.StoreReportRequest(report_id=report_id, game_id=game_id, number=1, reason="UNSAFE", note="무섭다")
    first, again = [await archive.CreateReport(request) for _ in range(2)]
    assert first == again

    async def mine() -> list[tuple[str, int, str, str, str]]:
        found, token = [], ""
        while True:
            page = await admin.ListOpenReports(admin_service_pb2.ListOpenReportsRequest(page_size=2, page_token=token))
            found += [(one.report_id, one.number, one.reason, one.note, one.text) for one in page.reports]
            token = page.next_page_token
            if not token:
                return [one for one in found if one[0] == report_id]

    assert await mine() == [(report_id, 1, "UNSAFE", "무섭다", "문이 열립니다.")]
    for _ in range(2):
        closing = admin_service_pb2.CloseReportRequest(report_id=report_id, reason="the lore was wrong", request_id=report_id)
        await admin.CloseReport(closing, metadata=(("x-maratang-operator", "bora"),))
    assert await mine() == []
    entries = (await admin.ListAuditEntries(admin_service_pb2.ListAuditEntriesRequest(subject=report_id))).entries
    assert [(one.method, one.actor, one.reason) for one in entries] == [("CloseReport", "bora", "the lore was wrong")]


@pytest.mark.parametrize(
    ("wrong", "failure"),
    [
        ({"number": 9}, "TURN_NOT_FOUND"),
        ({"game_id": str(uuid4())}, "TURN_NOT_FOUND"),
        ({"game_id": "mina"}, "GAME_NOT_FOUND"),
        ({"reason": "BORING"}, "INVALID_ARGUMENT"),
        ({"note": "가" * 501}, "INVALID_ARGUMENT"),
        ({"note": "a\0"}, "INVALID_ARGUMENT"),
        ({"report_id": "mina"}, "INVALID_ARGUMENT"),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused(archive: ArchiveServiceStub, game_id: str, wrong: dict[str, object], failure: str):
    values = {"report_id": str(uuid4()), "game_id": game_id, "number": 1, "reason": "WRONG", **wrong}

    with pytest.raises(errors.Failure) as caught:
        await archive.CreateReport(pb.StoreReportRequest(**values))
    assert caught.value.reason == failure


@pytest.mark.parametrize("unknown", ["00000000-0000-4000-8000-000000000000", "mina"])
async def test_a_report_nobody_made_is_not_found(admin, unknown: str):
    with pytest.raises(errors.NotFound) as caught:
        await admin.CloseReport(admin_service_pb2.CloseReportRequest(report_id=unknown))
    assert caught.value.reason == "REPORT_NOT_FOUND"


async def test_a_player_nobody_knows_is_not_found_by_an_operator(admin):
    with pytest.raises(errors.NotFound) as caught:
        await admin.ErasePlayer(admin_service_pb2.ErasePlayerRequest(player_id=str(uuid4())))
    assert caught.value.reason == "PLAYER_NOT_FOUND"
