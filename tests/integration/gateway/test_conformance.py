"""The same requests to our gateway and to Envoy's transcoder: equal, or a documented difference."""

import re

import pytest

from services.gateway.wiring import public_routes
from tests.support.conformance.asked import Case, Outcome
from tests.support.conformance.differences import DIFFERENCES
from tests.support.conformance.edges import both_edges, every_route
from tests.support.conformance.generated import generated
from tests.support.conformance.picked import picked
from tests.support.envoy import bootstrap, connection_manager, transcoder

pytestmark = pytest.mark.anyio
CASES = [*generated(every_route()), *picked()]
Outcomes = dict[str, tuple[Outcome, Outcome]]


@pytest.fixture(scope="module")
async def outcomes(tmp_path_factory) -> Outcomes:
    async with both_edges(tmp_path_factory.mktemp("edges")) as edges:
        return await edges.outcomes(CASES)


def test_there_are_enough_cases_each_with_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 300


@pytest.mark.parametrize("case", [case for case in CASES if not case.differs], ids=lambda case: case.name)
async def test_both_do_the_same(outcomes: Outcomes, case: Case):
    ours, envoy = outcomes[case.name]

    assert ours.same == envoy.same
    if ": filled" in case.name:
        assert ours.reached is not None, "what its type takes did not get to the service"


@pytest.mark.parametrize("case", [case for case in CASES if case.differs], ids=lambda case: f"{case.differs}: {case.name}")
async def test_a_difference_is_as_documented(outcomes: Outcomes, case: Case):
    ours, envoy = outcomes[case.name]
    row = DIFFERENCES[case.differs]

    assert re.fullmatch(row.ours, ours.shown), ours.answer
    assert re.fullmatch(row.envoy, envoy.shown), envoy.answer
    assert ours.same != envoy.same
    if ours.reached is not None and envoy.reached is not None:
        assert ours.answer.status == envoy.answer.status


def test_every_documented_difference_is_shown():
    assert {case.differs for case in CASES} - {""} == set(DIFFERENCES)


async def test_only_listed_headers_get_in(outcomes: Outcomes):
    for name in ("headers that cross", "cookies do not cross"):
        ours, envoy = (outcome.reached.metadata for outcome in outcomes[name])
        assert set(ours) <= {"user-agent", "authorization", "accept-language", "traceparent", "x-request-id", "x-maratang-client"}
        assert set(envoy) >= (set(ours) - {"user-agent", "x-maratang-client"})
    assert outcomes["cookies do not cross"][1].reached.metadata["cookie"] == "a=b"


async def test_only_listed_metadata_gets_out(outcomes: Outcomes):
    ours, envoy = (outcome.answer.headers for outcome in outcomes["metadata that goes out"])

    assert (ours["etag"], ours["retry-after"]) == (envoy["etag"], envoy["retry-after"]) == ('"7"', "5")
    assert {name for name in envoy if name.startswith("grpc-") or name == "x-inside"} >= {"grpc-status", "x-inside"}
    assert not {name for name in ours if name.startswith("grpc-") or name == "x-inside"}


async def test_metadata_that_comes_at_the_end_gets_out_here_alone(outcomes: Outcomes):
    ours, envoy = (outcome.answer.headers for outcome in outcomes["metadata that comes at the end"])

    assert (ours["etag"], envoy.get("etag")) == ('"7"', None)
    assert "x-inside" not in ours


async def test_both_tell_the_reason_of_a_failure(outcomes: Outcomes):
    told = [
        (ours.answer.said, envoy.answer.said) for name, (ours, envoy) in outcomes.items() if name.startswith("a failure of the contract")
    ]

    assert len(told) >= 6
    for ours, envoy in told:
        details = {detail["@type"].rpartition(".")[2]: detail for detail in envoy["details"]}
        assert ours["reason"] == details["ErrorInfo"]["reason"]
        assert [one["field"] for one in ours["errors"]] == [one["field"] for one in details["BadRequest"]["fieldViolations"]]
        assert f"{ours['retryAfter']:g}s" == details["RetryInfo"]["retryDelay"]


async def test_a_broken_stream_ends_in_an_error_that_envoy_does_not_have(outcomes: Outcomes):
    ours, envoy = (outcome.answer for outcome in outcomes["a stream that breaks"])

    assert [list(message) for message in ours.said[-1:]] == [["id", "error"]]
    assert ours.said[-1]["error"]["status"] == 409
    assert ours.said[:-1] == envoy.said


async def test_who_is_not_signed_in_is_told_how(outcomes: Outcomes):
    ours, envoy = (outcome.answer for outcome in outcomes["UNAUTHENTICATED what happened"])

    assert ours.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert "www-authenticate" not in envoy.headers


def test_the_bootstrap_has_every_service_of_players_and_no_other():
    config = bootstrap(1, 2, 3)
    services = {route.descriptor.containing_service.full_name: route.target for route in public_routes()}

    assert sorted(transcoder(config)["services"]) == sorted(services)
    routes = connection_manager(config)["route_config"]["virtual_hosts"][0]["routes"]
    reached = {one["match"]["prefix"]: one["route"]["cluster"] for one in routes}
    assert {name: reached[f"/{name}/"] for name in services} == services
    assert len(reached) == len(services)
