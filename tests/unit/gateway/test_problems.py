"""Failures as problem documents."""

from datetime import timedelta

import grpc
import pytest
from google.rpc import code_pb2, status_pb2

from services.chassis import errors
from services.gateway import problems


@pytest.mark.parametrize("reason", errors.reasons())
def test_every_reason_has_its_problem(reason):
    problem = problems.of_failure(errors.failure(reason, "what happened", metadata={"a": "b"}))
    document = problem.document("r1")

    assert document["status"] == problem.status == problems.status_of(reason)
    assert document["instance"] == "r1"
    if problem.status == 500:
        assert (document["reason"], document["type"]) == ("INTERNAL", "urn:maratang:error:internal")
        assert "what happened" not in str(document)
        assert "metadata" not in document
    else:
        assert (document["reason"], document["title"]) == (reason, errors.title_of(reason))
        assert document["type"] == f"urn:maratang:error:{reason.lower().replace('_', '-')}"
        assert (document["detail"], document["metadata"]) == ("what happened", {"a": "b"})


@pytest.mark.parametrize(
    ("reason", "status"), [("UNSUPPORTED_MEDIA_TYPE", 415), ("BODY_TOO_LARGE", 413), ("METHOD_NOT_ALLOWED", 405), ("STALE_TURN", 409)]
)
def test_some_have_a_status_of_their_own(reason, status):
    assert problems.status_of(reason) == status


@pytest.mark.parametrize(("code", "status"), [
    ("CANCELLED", 499), ("UNKNOWN", 500), ("INVALID_ARGUMENT", 400), ("DEADLINE_EXCEEDED", 504), ("NOT_FOUND", 404),
    ("ALREADY_EXISTS", 409), ("PERMISSION_DENIED", 403), ("UNAUTHENTICATED", 401), ("RESOURCE_EXHAUSTED", 429),
    ("FAILED_PRECONDITION", 400), ("ABORTED", 409),
    ("OUT_OF_RANGE", 400), ("UNIMPLEMENTED", 501), ("INTERNAL", 500), ("UNAVAILABLE", 503), ("DATA_LOSS", 500),
])  # fmt: skip
def test_a_bare_status_follows_the_table_and_names_no_address(code, status):
    error = grpc.aio.AioRpcError(getattr(grpc.StatusCode, code), grpc.aio.Metadata(), grpc.aio.Metadata(), details="at ipv4:10.0.0.1:50")

    document = problems.of_rpc_error(error, "game").document("r1")

    assert document["status"] == status
    assert code_pb2.Code.Value(code)
    if code in {"UNAVAILABLE", "INTERNAL", "UNKNOWN", "DATA_LOSS", "DEADLINE_EXCEEDED", "UNIMPLEMENTED"}:
        assert "10.0.0.1" not in str(document)
        assert document["type"].startswith("urn:maratang:error:")


def rpc_error(status: status_pb2.Status) -> grpc.aio.AioRpcError:
    trailing = grpc.aio.Metadata(("grpc-status-details-bin", status.SerializeToString()))
    code = next(one for one in grpc.StatusCode if one.value[0] == status.code)
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing, details=status.message)


def test_details_cross_whole():
    failed = errors.Conflict("GAME_BUSY", "wait", metadata={"gameId": "g"}, retry_after=timedelta(milliseconds=1200))

    problem = problems.of_rpc_error(rpc_error(errors.to_status(failed)), "game")

    assert problem == problems.of_failure(failed)
    assert (b"retry-after", b"2") in problem.headers()
    assert problem.document("r")["retryAfter"] == 1.2


def test_violations_cross_as_errors():
    failed = errors.invalid([errors.Violation("a.b", "is wrong")])

    document = problems.of_rpc_error(rpc_error(errors.to_status(failed)), "game").document("r")

    assert document["errors"] == [{"field": "a.b", "description": "is wrong"}]


def test_a_reason_newer_than_this_gateway_is_passed_on():
    status = errors.to_status(errors.Conflict("GAME_BUSY", "wait"))
    info = problems.error_details_pb2.ErrorInfo(reason="NOT_YET_KNOWN", domain="maratang")
    status.details[0].Pack(info)

    document = problems.of_rpc_error(rpc_error(status), "game").document("r")

    assert (document["reason"], document["type"], document["title"]) == ("NOT_YET_KNOWN", "urn:maratang:error:not-yet-known", "Conflict")


def test_401_says_how_to_authenticate():
    headers = problems.of_failure(errors.Unauthenticated("INVALID_TOKEN", "no")).headers()

    assert (b"www-authenticate", b'Bearer error="invalid_token"') in headers
