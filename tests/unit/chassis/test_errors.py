"""The family of failures and its crossing."""

from datetime import timedelta

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from services.chassis import errors


@pytest.mark.parametrize("reason", errors.reasons())
def test_every_reason_crosses_with_all_it_carries(reason: str):
    sent = errors.failure(
        reason,
        "what went wrong",
        metadata={"gameId": "g"},
        violations=[errors.Violation("text", "is empty")],
        retry_after=timedelta(seconds=2),
    )

    got = errors.from_status(errors.to_status(sent))

    assert type(got) is type(sent)
    assert (got.reason, got.message, got.metadata, got.violations, got.retry_after) == (
        reason,
        "what went wrong",
        {"gameId": "g"},
        (errors.Violation("text", "is empty"),),
        timedelta(seconds=2),
    )


@pytest.mark.parametrize("reason", errors.reasons())
def test_every_reason_has_a_title_and_one_error_info(reason: str):
    status = errors.to_status(errors.failure(reason, "x"))

    assert errors.title_of(reason)
    assert [detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR) for detail in status.details] == [True]


def test_a_reason_of_another_code_is_refused():
    with pytest.raises(ValueError, match="GAME_NOT_FOUND travels as NOT_FOUND, not as ABORTED"):
        errors.Conflict("GAME_NOT_FOUND", "x")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        (grpc.StatusCode.UNIMPLEMENTED, "UNKNOWN_METHOD"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"),
        (grpc.StatusCode.CANCELLED, "CANCELLED"),
        (grpc.StatusCode.UNKNOWN, "INTERNAL"),
        (grpc.StatusCode.DATA_LOSS, "INTERNAL"),
    ],
)
def test_a_status_of_the_library_itself_is_read_by_its_code(code: grpc.StatusCode, reason: str):
    assert errors.from_status(status_pb2.Status(code=code.value[0], message="failed to connect")).reason == reason
