"""What is generated is what the contract says."""

import runpy
from pathlib import Path

from maratang_client import problems
from maratang_client.failures import Problem, problem
from services.gateway.wiring import public_routes
from tests.support.servers import PROJECT

CLIENT = PROJECT / "clients" / "python"


def test_generating_again_changes_nothing(tmp_path: Path):
    generator = runpy.run_path(str(CLIENT / "generate.py"))
    generator["generate"](tmp_path)

    for name in generator["GENERATED"]:
        assert (CLIENT / "maratang_client" / f"{name}.py").read_text() == (tmp_path / f"{name}.py").read_text(), f"{name}: make gen"


def test_every_call_of_the_interface_has_a_method():
    from maratang_client import AsyncClient, Client  # noqa: PLC0415  the test's subject

    names = {generator_name(route.descriptor.name) for route in public_routes()}
    for client in (Client, AsyncClient):
        assert names <= set(dir(client))


def generator_name(rpc: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in rpc).removeprefix("_")


def test_a_problem_has_the_class_of_its_reason():
    document = {
        "status": 409,
        "reason": "STALE_TURN",
        "detail": "read again",
        "metadata": {"turn": "8"},
        "errors": [{"field": "expectedTurn", "description": "is old"}],
        "retryAfter": 0.25,
        "instance": "abc",
    }

    found = problem(500, document)

    assert type(found) is problems.StaleTurn
    assert (found.status, found.metadata, found.fields) == (409, {"turn": "8"}, {"expectedTurn": "is old"})
    assert (found.retry_after, found.request_id, str(found)) == (0.25, "abc", "409 STALE_TURN: read again")


def test_a_reason_that_is_new_is_a_problem_all_the_same():
    found = problem(503, {"reason": "OUT_OF_PAPER"}, retry_after=2, request_id="abc")

    assert type(found) is Problem
    assert (found.status, found.reason, found.retry_after, found.request_id, found.passing) == (503, "OUT_OF_PAPER", 2, "abc", True)


def test_what_is_no_problem_document_is_a_problem_without_a_reason():
    for document in ([], None, {"status": "x", "reason": 5, "detail": None, "metadata": [], "errors": {}, "retryAfter": "soon"}):
        found = problem(418, document)
        assert (type(found), found.status, found.reason, found.passing) == (Problem, 418, "", False)
