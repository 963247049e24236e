"""Players and sessions, by the game service and by the players themselves."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1 import player_data_service_pb2, player_data_service_pb2_grpc, player_pb2
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub

from services.chassis import errors
from tests.integration.persistence.sent import NOON, at, create_player

pytestmark = pytest.mark.anyio


@pytest.fixture
def player_data(public: grpc.aio.Channel) -> player_data_service_pb2_grpc.PlayerDataServiceStub:
    return player_data_service_pb2_grpc.PlayerDataServiceStub(public)


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def find(archive: ArchiveServiceStub, token: str) -> pb.StoredSession:
    return await archive.FindSession(pb.FindSessionRequest(token_hash=token_hash(token)))


async def change(
    player_data: player_data_service_pb2_grpc.PlayerDataServiceStub, token: str, *paths: str, **values: str
) -> player_pb2.Player:
    request = player_data_service_pb2.UpdatePlayerRequest(player=player_pb2.Player(**values), update_mask=FieldMask(paths=paths))
    return await player_data.UpdatePlayer(request, metadata=bearer(token))


async def test_a_session_is_found_with_its_player(archive: ArchiveServiceStub):
    player_id = str(uuid4())
    await create_player(archive, player_id)

    session = await find(archive, player_id)

    assert session.player == player_pb2.Player(player_id=player_id, display_name="미나", locale="ko", guest=True, create_time=at(NOON))
    assert session.expire_time == at(datetime(2099, 1, 1, tzinfo=UTC))


async def test_the_same_player_twice_is_one_player_with_both_sessions(archive: ArchiveServiceStub):
    player_id = str(uuid4())
    first = await create_player(archive, player_id)

    assert await create_player(archive, player_id) == first
    assert await create_player(archive, player_id, token=f"other {player_id}") == first
    assert (await find(archive, f"other {player_id}")).player == first


async def test_an_expired_session_is_no_session(archive: ArchiveServiceStub):
    player_id = str(uuid4())
    await create_player(archive, player_id, expire_time=datetime.now(UTC) - timedelta(seconds=1))

    with pytest.raises(errors.Unauthenticated) as caught:
        await find(archive, player_id)
    assert caught.value.reason == "INVALID_TOKEN"


async def test_an_expiry_moves_forward_and_never_back(archive: ArchiveServiceStub, player_id: str):
    for year in (2101, 2100):
        expire_time = at(datetime(year, 1, 1, tzinfo=UTC))
        await archive.ExtendSession(pb.ExtendSessionRequest(token_hash=token_hash(player_id), expire_time=expire_time))

    assert (await find(archive, player_id)).expire_time.ToDatetime(UTC).year == 2101


async def test_what_is_not_there_is_extended_and_deleted_in_peace(archive: ArchiveServiceStub):
    nobody = token_hash(str(uuid4()))
    await archive.ExtendSession(pb.ExtendSessionRequest(token_hash=nobody, expire_time=at(NOON)))
    await archive.DeleteSession(pb.DeleteSessionRequest(token_hash=nobody))


async def test_a_deleted_session_lets_nobody_in(
    archive: ArchiveServiceStub, player_data: player_data_service_pb2_grpc.PlayerDataServiceStub, player_id: str
):
    assert (await player_data.GetPlayer(player_data_service_pb2.GetPlayerRequest(), metadata=bearer(player_id))).player_id == player_id

    await archive.DeleteSession(pb.DeleteSessionRequest(token_hash=token_hash(player_id)))

    with pytest.raises(errors.Unauthenticated, match="sign in again"):
        await player_data.GetPlayer(player_data_service_pb2.GetPlayerRequest(), metadata=bearer(player_id))


@pytest.mark.parametrize(
    ("paths", "values", "name", "locale"),
    [
        pytest.param(["display_name"], {"display_name": "Mina", "locale": "en"}, "Mina", "ko", id="what the mask names"),
        pytest.param(["display_name", "locale"], {"display_name": "Mina", "locale": "en"}, "Mina", "en", id="all the mask names"),
        pytest.param(["display_name"], {}, "", "ko", id="a name can be taken away"),
        pytest.param([], {"locale": "en"}, "미나", "en", id="without a mask what is there"),
        pytest.param([], {}, "미나", "ko", id="nothing at all"),
        pytest.param(["*"], {"locale": "en"}, "", "en", id="everything that can be"),
        pytest.param(["display_name"], {"display_name": "가" * 40}, "가" * 40, "ko", id="forty characters, not bytes"),
    ],
)
async def test_a_player_changes(
    player_data: player_data_service_pb2_grpc.PlayerDataServiceStub, player_id: str, paths: list[str], values: dict[str, str], name, locale
):
    changed = await change(player_data, player_id, *paths, **values)

    assert (changed.display_name, changed.locale) == (name, locale)
    assert await player_data.GetPlayer(player_data_service_pb2.GetPlayerRequest(), metadata=bearer(player_id)) == changed


@pytest.mark.parametrize(
    ("paths", "values", "fields"),
    [
        pytest.param(["create_time", "guest"], {}, ["createTime", "guest"], id="what can't be changed"),
        pytest.param([], {"player_id": "me"}, ["playerId"], id="what can't be changed, without a mask"),
        pytest.param(["no_such_field", "locale"], {"locale": "fr"}, ["noSuchField", "locale"], id="all faults at once"),
        pytest.param(["display_name"], {"display_name": "가" * 41}, ["displayName"], id="a name too long"),
        pytest.param(["display_name"], {"display_name": "a\nb"}, ["displayName"], id="a name of two lines"),
        pytest.param(["locale"], {}, ["locale"], id="no language"),
    ],
)
async def test_a_wrong_change_names_every_field_and_changes_nothing(
    player_data: player_data_service_pb2_grpc.PlayerDataServiceStub,
    player_id: str,
    paths: list[str],
    values: dict[str, str],
    fields: list[str],
):
    with pytest.raises(errors.Invalid) as caught:
        await change(player_data, player_id, *paths, **values)

    assert [one.field for one in caught.value.violations] == fields
    stored = await player_data.GetPlayer(player_data_service_pb2.GetPlayerRequest(), metadata=bearer(player_id))
    assert (stored.display_name, stored.locale) == ("미나", "ko")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.FindSessionRequest(token_hash=b"short"), "tokenHash"),
        (pb.CreatePlayerRequest(player=player_pb2.Player(player_id="mina", locale="ko", create_time=at(NOON))), "player.playerId"),
        (pb.CreatePlayerRequest(player=player_pb2.Player(player_id=str(uuid4()), locale="ko")), "player.createTime"),
        (pb.CreatePlayerRequest(player=player_pb2.Player(player_id=str(uuid4()))), "player.locale"),
        (pb.ExtendSessionRequest(token_hash=bytes(32)), "expireTime"),
    ],
)
async def test_a_malformed_request_names_its_field(archive: ArchiveServiceStub, request_, field: str):
    method = getattr(archive, type(request_).__name__.removesuffix("Request"))

    with pytest.raises(errors.Invalid) as caught:
        await method(request_)
    assert [one.field for one in caught.value.violations] == [field]
