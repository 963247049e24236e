"""Statistics over gRPC: counted in the transaction that stores what they count, once however often it is sent."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import grpc
import pytest
from maratang.persistence.v1 import (
    admin_service_pb2,
    admin_service_pb2_grpc,
    player_data_service_pb2,
    player_data_service_pb2_grpc,
    scenario_service_pb2,
    scenario_service_pb2_grpc,
)
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub
from maratang.persistence.v1.model_call_pb2 import ModelCall

from services.chassis import errors
from services.chassis.config import Secret
from services.persistence.adapters.database import connected
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from tests.integration.persistence.sent import at, create_player, game, row, save, scenario_pack, sent

pytestmark = pytest.mark.anyio
ENDED = {"status": pb.GameSnapshot.ENDED, "ending_id": "dawn"}


@pytest.fixture
def players(public: grpc.aio.Channel) -> player_data_service_pb2_grpc.PlayerDataServiceStub:
    return player_data_service_pb2_grpc.PlayerDataServiceStub(public)


@pytest.fixture
def scenarios(public: grpc.aio.Channel) -> scenario_service_pb2_grpc.ScenarioServiceStub:
    return scenario_service_pb2_grpc.ScenarioServiceStub(public)


@pytest.fixture
def admin(internal: grpc.aio.Channel) -> admin_service_pb2_grpc.AdminServiceStub:
    return admin_service_pb2_grpc.AdminServiceStub(internal)


@pytest.fixture
async def scenario_id(database_url: str) -> str:
    """A scenario of this test alone."""
    scenario_id = f"s{uuid4().hex}"
    async with connected(Secret(database_url)) as database:
        await PostgresScenarios(database).publish([scenario_pack(scenario_id)])
    return scenario_id


@pytest.fixture
def model() -> str:
    """A model of this test alone."""
    return f"model {uuid4()}"


async def of_player(players, player_id: str) -> tuple[int, int, list[tuple[str, str, int]]]:
    """Games, turns, endings; a player's token in these tests is the player's id."""
    metadata = (("authorization", f"Bearer {player_id}"),)
    found = await players.GetPlayerStatistics(player_data_service_pb2.GetPlayerStatisticsRequest(), metadata=metadata)
    return found.games, found.turns, [(one.scenario_id, one.ending_id, one.count) for one in found.endings]


async def of_scenario(scenarios, scenario_id: str) -> tuple[int, int, list[tuple[str, int]]]:
    """Games, median turns, endings."""
    found = await scenarios.GetScenarioStatistics(scenario_service_pb2.GetScenarioStatisticsRequest(scenario_id=scenario_id))
    return found.games, found.median_turns, [(one.ending_id, one.count) for one in found.endings]


async def of_model(admin, model: str) -> list[tuple[str, int, int, int, int]]:
    """Outcome, calls, prompt tokens, completion tokens, milliseconds."""
    found = await admin.ListModelStatistics(admin_service_pb2.ListModelStatisticsRequest(days=1))
    return [
        (one.outcome, one.calls, one.prompt_tokens, one.completion_tokens, one.total_time.ToMilliseconds())
        for one in found.statistics
        if one.model == model
    ]


def whole(game_id: str, player_id: str, scenario_id: str, turns: int, ending: str = "") -> pb.SaveGamesRequest.SavedGame:
    """A game with all its rows; with an ending the last turn comes to it."""
    over = {"status": pb.GameSnapshot.ENDED, "ending_id": ending} if ending else {}
    snapshot = game(game_id, player_id, turns, scenario_id=scenario_id, pack_hash=scenario_pack(scenario_id).scenario.pack_hash, **over)
    rows = [row(game_id, number, ending_id=ending if number == turns else "") for number in range(turns + 1)]
    return sent(snapshot, *rows)


def call(of: str, /, **more: object) -> ModelCall:
    values = {
        "call_id": str(uuid4()), "purpose": ModelCall.TELLING, "backend": "base", "model": of, "outcome": "OK", "prompt_tokens": 100,
        "completion_tokens": 30, "first_token_ms": 40, "duration_ms": 900, "create_time": at(datetime.now(UTC)),
    }  # fmt: skip
    return ModelCall(**{**values, **more})


async def test_nobody_and_nothing_played_is_all_zeros(players, scenarios, scenario_id: str, player_id: str):
    assert await of_player(players, player_id) == (0, 0, [])
    assert await of_scenario(scenarios, scenario_id) == (0, 0, [])


async def test_games_turns_and_endings_are_counted(archive: ArchiveServiceStub, players, scenarios, scenario_id: str, player_id: str):
    other = (await create_player(archive, str(uuid4()))).player_id
    await save(
        archive,
        whole(str(uuid4()), player_id, scenario_id, 4, "dawn"),
        whole(str(uuid4()), player_id, scenario_id, 6, "dawn"),
        whole(str(uuid4()), player_id, scenario_id, 9, "night"),
        whole(str(uuid4()), other, scenario_id, 2),
    )

    assert await of_player(players, player_id) == (3, 19, [(scenario_id, "dawn", 2), (scenario_id, "night", 1)])
    assert await of_player(players, other) == (1, 2, [])
    assert await of_scenario(scenarios, scenario_id) == (4, 6, [("dawn", 2), ("night", 1)])


async def test_what_is_sent_again_counts_once(
    archive: ArchiveServiceStub, players, scenarios, admin, scenario_id: str, player_id: str, model
):
    game_id = str(uuid4())
    first = whole(game_id, player_id, scenario_id, 3)
    first.traces.add(number=2, model_calls=[call(model)])
    again = whole(game_id, player_id, scenario_id, 4, "dawn")
    again.traces.add(number=2, model_calls=first.traces[0].model_calls)
    again.traces.add(number=4, model_calls=[call(model, outcome="CUT", completion_tokens=7, duration_ms=100)])
    for one in again.rows:
        one.revision, one.telling_json = 2, "{}"

    for batch in (first, first, again, first, again):
        await save(archive, batch)

    assert await of_player(players, player_id) == (1, 4, [(scenario_id, "dawn", 1)])
    assert await of_scenario(scenarios, scenario_id) == (1, 4, [("dawn", 1)])
    assert await of_model(admin, model) == [("CUT", 1, 100, 7, 100), ("OK", 1, 100, 30, 900)]


async def test_many_flushers_at_once_count_once(archive: ArchiveServiceStub, players, scenarios, admin, scenario_id: str, model: str):
    owners = [(await create_player(archive, str(uuid4()))).player_id for _ in range(3)]
    games = [whole(str(uuid4()), owners[at_ % 3], scenario_id, 2, "dawn") for at_ in range(30)]
    for one in games:
        one.traces.add(number=1, model_calls=[call(model)])

    await asyncio.gather(*(save(archive, *order) for order in (games, games[::-1], games[15:], games[:15], games[10:] + games[:10])))

    for owner in owners:
        assert await of_player(players, owner) == (10, 20, [(scenario_id, "dawn", 10)])
    assert await of_scenario(scenarios, scenario_id) == (30, 2, [("dawn", 30)])
    assert await of_model(admin, model) == [("OK", 30, 3000, 900, 27000)]


async def test_what_is_not_stored_is_not_counted(archive: ArchiveServiceStub, players, admin, scenario_id: str, player_id: str, model: str):
    gap, poison = whole(str(uuid4()), player_id, scenario_id, 2), whole(str(uuid4()), player_id, scenario_id, 2)
    del gap.rows[0]
    poison.rows[1].text = "\0"
    for one in (gap, poison):
        one.traces.add(number=2, model_calls=[call(model)])

    assert await save(archive, gap, poison) == ["GAP", "POISON"]

    assert await of_player(players, player_id) == (0, 0, [])
    assert await of_model(admin, model) == []


async def test_an_ending_found_on_another_branch_counts_too(
    archive: ArchiveServiceStub, players, scenarios, scenario_id: str, player_id: str
):
    game_id = str(uuid4())
    await save(archive, whole(game_id, player_id, scenario_id, 3, "dawn"))
    branched = whole(game_id, player_id, scenario_id, 5, "night")
    del branched.rows[:4]
    branched.rows[0].parent = 1
    for one in branched.rows:
        one.depth = one.number - 2

    assert await save(archive, branched) == ["SAVED"]

    assert await of_player(players, player_id) == (1, 5, [(scenario_id, "dawn", 1), (scenario_id, "night", 1)])
    assert await of_scenario(scenarios, scenario_id) == (1, 3, [("dawn", 1), ("night", 1)])


async def test_how_turns_came_about_is_kept(archive: ArchiveServiceStub, database_url: str, scenario_id: str, player_id: str, model: str):
    game_id = str(uuid4())
    told = whole(game_id, player_id, scenario_id, 1)
    checks = [pb.ToldText.Check(name="language", passed=False)]
    made = call(model, purpose=ModelCall.JUDGEMENT, backend="", model="", outcome="TTFT_TIMEOUT")
    made.ClearField("first_token_ms")
    told.traces.add(
        number=1,
        judgements=[pb.Judgement(person_id="yunseul", labels=["flattered", "neutral"], label="neutral", duration_ms=300)],
        tellings=[
            pb.ToldText(told_by=pb.ToldText.BASE, model=model, checks=checks, duration_ms=900),
            pb.ToldText(told_by=pb.ToldText.TEMPLATE, kept=True),
        ],
        model_calls=[made],
    )
    assert await save(archive, told) == ["SAVED"]

    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    tellings = await connection.fetch("SELECT * FROM tellings WHERE game_id = $1 ORDER BY attempt", game_id)
    judgements = await connection.fetch("SELECT * FROM judgements WHERE game_id = $1", game_id)
    calls = await connection.fetch("SELECT * FROM model_calls WHERE game_id = $1", game_id)
    await connection.close()

    assert [(one["number"], one["attempt"], one["told_by"], one["model"], one["kept"], one["duration_ms"]) for one in tellings] == [
        (1, 1, "BASE", model, False, 900),
        (1, 2, "TEMPLATE", None, True, 0),
    ]
    assert tellings[0]["checks"] == '[{"name": "language", "passed": false}]'
    assert [(one["person_id"], one["labels"], one["label"]) for one in judgements] == [("yunseul", '["flattered", "neutral"]', "neutral")]
    assert [(one["number"], one["purpose"], one["backend"], one["outcome"], one["first_token_ms"]) for one in calls] == [
        (1, "JUDGEMENT", None, "TTFT_TIMEOUT", None)
    ]


async def test_calls_that_came_to_no_turn_are_counted_once(archive: ArchiveServiceStub, admin, model: str):
    calls = [call(model, purpose=ModelCall.CHOICE) for _ in range(3)]

    for sent_calls in (calls, calls[:2], [*calls, call(model, purpose=ModelCall.CHOICE)]):
        await archive.RecordModelCalls(pb.RecordModelCallsRequest(calls=sent_calls))
    await archive.RecordModelCalls(pb.RecordModelCallsRequest())

    assert await of_model(admin, model) == [("OK", 4, 400, 120, 3600)]


async def test_a_call_that_its_maker_has_told_of_gets_its_turn_and_counts_once(
    archive: ArchiveServiceStub, admin, database_url: str, scenario_id: str, player_id: str, model: str
):
    game_id = str(uuid4())
    made, later = call(model), call(model)
    told = whole(game_id, player_id, scenario_id, 1)
    told.traces.add(number=1, model_calls=[made, later])

    await archive.RecordModelCalls(pb.RecordModelCallsRequest(calls=[made]))
    for _ in range(2):
        assert await save(archive, told) == ["SAVED"]
    await archive.RecordModelCalls(pb.RecordModelCallsRequest(calls=[later, made]))

    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    stored = await connection.fetch("SELECT game_id::text, number FROM model_calls WHERE model = $1", model)
    await connection.close()
    assert [tuple(one) for one in stored] == [(game_id, 1)] * 2
    assert await of_model(admin, model) == [("OK", 2, 200, 60, 1800)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"call_id": "mina"},
        {"purpose": 0},
        {"purpose": 99},
        {"outcome": "FINE"},
        {"model": "a\0"},
        {"duration_ms": -1},
        {"first_token_ms": -1},
        {"create_time": None},
    ],
)
async def test_a_call_that_makes_no_sense_is_refused_alone_and_with_its_game(
    archive: ArchiveServiceStub, player_id: str, scenario_id: str, wrong: dict[str, object]
):
    made = call("m", **wrong)
    game_id = str(uuid4())
    with_call = whole(game_id, player_id, scenario_id, 1)
    with_call.traces.add(number=1, model_calls=[made])

    with pytest.raises(errors.Invalid):
        await archive.RecordModelCalls(pb.RecordModelCallsRequest(calls=[made]))
    assert await save(archive, with_call) == ["POISON"]


async def test_a_trace_of_no_row_makes_no_sense(archive: ArchiveServiceStub, player_id: str, scenario_id: str):
    stray, twice = (whole(str(uuid4()), player_id, scenario_id, 1) for _ in range(2))
    stray.traces.add(number=2)
    for _ in range(2):
        twice.traces.add(number=1)

    assert await save(archive, stray, twice) == ["POISON", "POISON"]


async def test_a_scenario_nobody_published_has_no_statistics(scenarios):
    with pytest.raises(errors.NotFound) as caught:
        await of_scenario(scenarios, "no-such-scenario")
    assert caught.value.reason == "SCENARIO_NOT_FOUND"


@pytest.mark.parametrize("days", [-1, 367])
async def test_models_are_asked_about_for_a_year_at_most(admin, days: int):
    with pytest.raises(errors.Invalid):
        await admin.ListModelStatistics(admin_service_pb2.ListModelStatisticsRequest(days=days))


async def test_the_rows_that_all_players_share_are_changed_last(
    archive: ArchiveServiceStub, database_url: str, player_id: str, scenario_id: str
):
    game_id, tables = str(uuid4()), ("games", "player_statistics", "scenario_statistics")
    await save(archive, sent(game(game_id, player_id, 0, scenario_id=scenario_id), row(game_id, 0, told=True)))
    owner = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await owner.execute("CREATE TABLE changed (at serial, what text)")
    await owner.execute("GRANT ALL ON changed, changed_at_seq TO PUBLIC")
    await owner.execute(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO changed (what) VALUES (TG_TABLE_NAME); RETURN NEW; END $$"
    )
    for table in tables:
        await owner.execute(f"CREATE TRIGGER note BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION note()")
    try:
        await save(archive, sent(game(game_id, player_id, 1, scenario_id=scenario_id), row(game_id, 1, told=True)))
        changed = [one["what"] for one in await owner.fetch("SELECT what FROM changed ORDER BY at")]
    finally:
        await owner.execute("DROP FUNCTION note CASCADE; DROP TABLE changed")
        await owner.close()
    assert tuple(dict.fromkeys(changed)) == tables
