"""The catalogue and the packs behind it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import grpc
import pytest
from maratang.persistence.v1 import admin_service_pb2, admin_service_pb2_grpc, scenario_service_pb2, scenario_service_pb2_grpc
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub

from services.chassis import errors
from services.chassis.config import Secret
from services.persistence import migrating
from services.persistence.adapters.database import connected
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.ports import DataRefused
from services.persistence.scenarios import Pack
from tests.integration.persistence.sent import PACK

pytestmark = pytest.mark.anyio


@pytest.fixture
def catalogue(public: grpc.aio.Channel) -> scenario_service_pb2_grpc.ScenarioServiceStub:
    return scenario_service_pb2_grpc.ScenarioServiceStub(public)


@pytest.fixture
async def scenarios(empty_database_url: str) -> AsyncIterator[PostgresScenarios]:
    """A catalogue with nothing in it."""
    await migrating.upgrade(Secret(empty_database_url))
    async with connected(Secret(empty_database_url)) as database:
        yield PostgresScenarios(database)


def pack(scenario_id: str, version: str = "1.0.0", **files: str) -> Pack:
    scenario = replace(PACK.scenario, scenario_id=scenario_id, version=version, pack_hash=f"{scenario_id} {version}")
    return Pack(scenario=scenario, files={"pack.yaml": version, **files})


async def test_the_catalogue_needs_no_sign_in_and_spoils_nothing(catalogue: scenario_service_pb2_grpc.ScenarioServiceStub):
    page = await catalogue.ListScenarios(scenario_service_pb2.ListScenariosRequest())
    scenario = await catalogue.GetScenario(scenario_service_pb2.GetScenarioRequest(scenario_id="tutorial"))

    assert scenario in page.scenarios
    assert {words.locale: words.title for words in scenario.words} == {"ko": "첫 밤", "en": "First Night"}
    assert (scenario.pack_hash, scenario.days, scenario.slots_per_day, scenario.endings) == (PACK.scenario.pack_hash, 1, 4, 3)


@pytest.mark.parametrize("unknown", ["no such scenario", ""])
async def test_a_scenario_nobody_published_is_not_found(
    catalogue: scenario_service_pb2_grpc.ScenarioServiceStub, archive: ArchiveServiceStub, unknown: str
):
    for asked in (
        catalogue.GetScenario(scenario_service_pb2.GetScenarioRequest(scenario_id=unknown)),
        archive.GetPublishedScenario(pb.GetPublishedScenarioRequest(scenario_id=unknown)),
    ):
        with pytest.raises(errors.NotFound) as caught:
            await asked
        assert (caught.value.reason, caught.value.metadata) == ("SCENARIO_NOT_FOUND", {"scenarioId": unknown})


@pytest.mark.parametrize(("wrong", "field"), [({"page_size": 101}, "pageSize"), ({"page_token": "%"}, "pageToken")])
async def test_a_page_that_is_asked_for_wrongly_is_refused(catalogue: scenario_service_pb2_grpc.ScenarioServiceStub, wrong, field: str):
    with pytest.raises(errors.Invalid) as caught:
        await catalogue.ListScenarios(scenario_service_pb2.ListScenariosRequest(**wrong))
    assert [one.field for one in caught.value.violations] == [field]


async def test_a_pack_is_read_by_its_hash(archive: ArchiveServiceStub):
    stored = await archive.GetPack(pb.GetPackRequest(pack_hash=PACK.scenario.pack_hash))

    assert (stored.scenario_id, dict(stored.files)) == ("tutorial", PACK.files)
    with pytest.raises(errors.NotFound) as caught:
        await archive.GetPack(pb.GetPackRequest(pack_hash="cd" * 32))
    assert caught.value.reason == "PACK_NOT_FOUND"


async def test_scenarios_are_listed_in_pages_by_id(scenarios: PostgresScenarios):
    await scenarios.publish([pack("c"), pack("a"), pack("b")])

    assert [one.scenario_id for one in await scenarios.all_published(2, "")] == ["a", "b"]
    assert [one.scenario_id for one in await scenarios.all_published(2, "b")] == ["c"]


async def test_publishing_again_changes_nothing_and_a_new_version_leaves_the_old_pack(scenarios: PostgresScenarios):
    old, new = pack("a"), pack("a", "1.1.0")

    assert await scenarios.publish([old]) == [old]
    assert await scenarios.publish([old]) == []
    assert await scenarios.publish([new]) == [new]

    assert await scenarios.published("a") == new.scenario
    assert await scenarios.pack(old.scenario.pack_hash) == old


async def test_packs_are_published_together_or_not_at_all(scenarios: PostgresScenarios):
    with pytest.raises(DataRefused):
        await scenarios.publish([pack("a"), pack("b", **{"text/ko.yaml": "\0"})])

    assert await scenarios.all_published(10, "") == []


async def test_a_scenario_cant_be_published_as_the_pack_of_another(scenarios: PostgresScenarios):
    await scenarios.publish([pack("a")])
    stolen = replace(pack("b"), scenario=replace(pack("b").scenario, pack_hash=pack("a").scenario.pack_hash))

    with pytest.raises(DataRefused):
        await scenarios.publish([stolen])


async def test_an_operator_rolls_a_scenario_back_once_a_request(
    internal: grpc.aio.Channel, catalogue: scenario_service_pb2_grpc.ScenarioServiceStub, database_url: str
):
    admin = admin_service_pb2_grpc.AdminServiceStub(internal)
    scenario_id = f"s{uuid4().hex}"
    old, new = pack(scenario_id), pack(scenario_id, "2.0.0")
    async with connected(Secret(database_url)) as database:
        for one in (old, new):
            await PostgresScenarios(database).publish([one])

    async def publish(one: Pack, request_id: str) -> str:
        request = admin_service_pb2.PublishPackRequest(pack_hash=one.scenario.pack_hash, reason="too hard", request_id=request_id)
        return (await admin.PublishPack(request, metadata=(("x-maratang-operator", "bora"),))).version

    async def published() -> str:
        return (await catalogue.GetScenario(scenario_service_pb2.GetScenarioRequest(scenario_id=scenario_id))).version

    assert (await publish(old, f"back {scenario_id}"), await published()) == ("1.0.0", "1.0.0")
    assert (await publish(new, f"forth {scenario_id}"), await published()) == ("2.0.0", "2.0.0")
    await publish(old, f"back {scenario_id}")
    assert await published() == "2.0.0", "it was one request"

    entries = (await admin.ListAuditEntries(admin_service_pb2.ListAuditEntriesRequest(subject=scenario_id))).entries
    assert [(one.method, one.actor, json.loads(one.after_json)) for one in entries] == [
        ("PublishPack", "bora", {"packHash": new.scenario.pack_hash}),
        ("PublishPack", "bora", {"packHash": old.scenario.pack_hash}),
    ]
    with pytest.raises(errors.NotFound) as caught:
        await publish(pack("nobody"), "nobody")
    assert caught.value.reason == "PACK_NOT_FOUND"
