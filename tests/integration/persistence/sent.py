"""What the game service sends, made up for tests."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1 import archive_service_pb2_grpc, player_pb2

from services.chassis.config import Secret
from services.persistence.scenarios import Pack, Scenario, Words

CREDENTIAL = Secret("between services")


def scenario_pack(scenario_id: str) -> Pack:
    """A pack of a scenario of that id."""
    return Pack(
        scenario=Scenario(
            scenario_id=scenario_id,
            version="1.0.0",
            pack_hash=hashlib.sha256(scenario_id.encode()).hexdigest(),
            rating="12",
            words=(Words(locale="ko", title="첫 밤", summary="…"), Words(locale="en", title="First Night", summary="…")),
            days=1,
            slots_per_day=4,
            endings=3,
        ),
        files={"pack.yaml": f"id: {scenario_id}\n", "text/ko.yaml": "title: 첫 밤\n"},
    )


PACK = scenario_pack("tutorial")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TELLING = '{"text":"문이 열립니다.","told_by":"BASE"}'


def at(time: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp


def digest(*of: object) -> bytes:
    return hashlib.sha256(repr(of).encode()).digest()


async def create_player(
    archive: archive_service_pb2_grpc.ArchiveServiceStub,
    player_id: str,
    *,
    token: str = "",
    expire_time: datetime = datetime(2099, 1, 1, tzinfo=UTC),
) -> player_pb2.Player:
    player = player_pb2.Player(player_id=player_id, display_name="미나", locale="ko", guest=True, create_time=at(NOON))
    token_hash = hashlib.sha256((token or player_id).encode()).digest()
    return await archive.CreatePlayer(pb.CreatePlayerRequest(player=player, token_hash=token_hash, expire_time=at(expire_time)))


def row(game_id: str, number: int, *, told: bool = False, otherwise: str = "", **changed: object) -> pb.LogRow:
    """A row; `otherwise` makes it a row of another history."""
    made = pb.LogRow(
        game_id=game_id,
        number=number,
        parent=number - 1,
        branch_id="main",
        depth=number,
        revision=2 if told else 1,
        request_id=f"key {number}",
        action_hash=digest("action", number),
        text="" if number == 0 else "문을 연다",
        record_json=json.dumps({"b": [number, otherwise], "a": "문을 연다"}, ensure_ascii=False),
        rule_hash=digest(game_id, number, otherwise),
        state_hash=digest("state", number, otherwise),
        telling_json=TELLING if told else "",
        create_time=at(NOON + timedelta(minutes=number)),
    )
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def game(game_id: str, player_id: str, number: int, *, epoch: int = 0, **changed: object) -> pb.GameSnapshot:
    made = pb.GameSnapshot(
        game_id=game_id,
        player_id=player_id,
        scenario_id=PACK.scenario.scenario_id,
        pack_hash=PACK.scenario.pack_hash,
        locale="ko",
        seed="s",
        asked="asked",
        epoch=epoch,
        number=number,
        branch_id="main",
        depth=number,
        status=pb.GameSnapshot.Status.ACTIVE,
        state=b"state %d" % number,
        state_hash=digest("state", number, ""),
        create_time=at(NOON),
        update_time=at(NOON + timedelta(minutes=number)),
    )
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def sent(snapshot: pb.GameSnapshot, *rows: pb.LogRow) -> pb.SaveGamesRequest.SavedGame:
    return pb.SaveGamesRequest.SavedGame(game=snapshot, rows=rows)


async def save(
    archive: archive_service_pb2_grpc.ArchiveServiceStub, *games: pb.SaveGamesRequest.SavedGame, seconds: float = 10
) -> list[str]:
    """The outcomes' names, in the order asked."""
    answer = await archive.SaveGames(pb.SaveGamesRequest(games=games), timeout=seconds)
    assert [one.game_id for one in answer.outcomes] == [one.game.game_id for one in games]
    assert all(bool(one.detail) == (one.outcome != pb.GameOutcome.SAVED) for one in answer.outcomes)
    return [pb.GameOutcome.Outcome.Name(one.outcome) for one in answer.outcomes]


async def log(archive: archive_service_pb2_grpc.ArchiveServiceStub, game_id: str) -> list[tuple[int, int, str]]:
    """The stored rows: number, revision, telling."""
    rows = (await archive.ListLogRows(pb.ListLogRowsRequest(game_id=game_id, after=-1))).rows
    return [(one.number, one.revision, one.telling_json) for one in rows]
