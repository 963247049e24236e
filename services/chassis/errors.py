"""The family of failures, and how each crosses gRPC.

    Failure                 gRPC code               HTTP
    ├── Invalid             INVALID_ARGUMENT        400 (413, 415 for two reasons of the gateway's own)
    ├── Unauthenticated     UNAUTHENTICATED         401
    ├── Denied              PERMISSION_DENIED       403
    ├── NotFound            NOT_FOUND               404
    ├── Conflict            ABORTED                 409
    ├── Exhausted           RESOURCE_EXHAUSTED      429
    ├── Cancelled           CANCELLED               499
    ├── Internal            INTERNAL                500
    ├── Unimplemented       UNIMPLEMENTED           501 (405 for a reason of the gateway's own)
    ├── Unavailable         UNAVAILABLE             503
    └── OutOfTime           DEADLINE_EXCEEDED       504

A failure's reason is a name of maratang/common/v1/error_reason.proto without its prefix; the reason's code there chooses the class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, cast

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from maratang.common.v1 import error_reason_pb2

DOMAIN = "maratang"
_PREFIX = "ERROR_REASON_"
_MAX_TEXT = 2000
"""gRPC carries a status in a header of limited size."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with one field: its name as the caller sent it, and a sentence for someone who can act."""

    field: str
    description: str


class Failure(Exception):  # noqa: N818  its kinds are named for what failed
    """A call that failed in a way the contract names.

    `reason` is a name of ErrorReason without prefix; `metadata` has the message's variables; `violations` name fields; `retry_after`
    is how long to wait before the same call can succeed.
    """

    code: ClassVar[grpc.StatusCode] = grpc.StatusCode.UNKNOWN

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        violations: Sequence[Violation] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        if code_of(reason) is not self.code:
            raise ValueError(f"{reason} travels as {code_of(reason).name}, not as {self.code.name}")
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.violations = tuple(violations)
        self.retry_after = retry_after

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.reason}: {self.message})"


class Invalid(Failure):
    """The request itself is wrong, whatever the state."""

    code = grpc.StatusCode.INVALID_ARGUMENT


class Unauthenticated(Failure):
    """Nobody known is calling."""

    code = grpc.StatusCode.UNAUTHENTICATED


class Denied(Failure):
    """The caller is known and may not."""

    code = grpc.StatusCode.PERMISSION_DENIED


class NotFound(Failure):
    """There is no such thing, or it is somebody else's."""

    code = grpc.StatusCode.NOT_FOUND


class Conflict(Failure):
    """The state is another than the caller thinks: read it again."""

    code = grpc.StatusCode.ABORTED


class Exhausted(Failure):
    """Too much was asked for: wait."""

    code = grpc.StatusCode.RESOURCE_EXHAUSTED


class Cancelled(Failure):
    """The caller went away."""

    code = grpc.StatusCode.CANCELLED


class Internal(Failure):
    """A defect, here or upstream; nothing of it is said outward."""

    code = grpc.StatusCode.INTERNAL


class Unimplemented(Failure):
    """The contract has it and the code does not."""

    code = grpc.StatusCode.UNIMPLEMENTED


class Unavailable(Failure):
    """Something that is needed is away: try again."""

    code = grpc.StatusCode.UNAVAILABLE


class OutOfTime(Failure):
    """The deadline passed."""

    code = grpc.StatusCode.DEADLINE_EXCEEDED


FAMILY: dict[grpc.StatusCode, type[Failure]] = {
    kind.code: kind
    for kind in (
        Invalid, Unauthenticated, Denied, NotFound, Conflict, Exhausted, Cancelled, Internal, Unimplemented, Unavailable, OutOfTime
    )
}  # fmt: skip
_BY_NUMBER: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}
_FAILURES: dict[str, error_reason_pb2.Failure] = {
    value.name.removeprefix(_PREFIX): value.GetOptions().Extensions[error_reason_pb2.failure]
    for value in error_reason_pb2.ErrorReason.DESCRIPTOR.values
    if value.number
}
_BARE: dict[grpc.StatusCode, str] = {
    grpc.StatusCode.CANCELLED: "CANCELLED",
    grpc.StatusCode.DEADLINE_EXCEEDED: "DEADLINE_EXCEEDED",
    grpc.StatusCode.UNAVAILABLE: "SERVICE_UNAVAILABLE",
    grpc.StatusCode.UNIMPLEMENTED: "UNKNOWN_METHOD",
}
"""What a status without ErrorInfo means: gRPC's own library made it, not a service of ours."""


def reasons() -> tuple[str, ...]:
    """Every reason, without prefix, in the contract's order."""
    return tuple(_FAILURES)


def code_of(reason: str) -> grpc.StatusCode:
    """The gRPC code a reason travels as."""
    return _BY_NUMBER[_FAILURES[reason].code]


def title_of(reason: str) -> str:
    """The constant words that name a reason."""
    return _FAILURES[reason].title


def failure(
    reason: str,
    message: str,
    *,
    metadata: Mapping[str, str] | None = None,
    violations: Sequence[Violation] = (),
    retry_after: timedelta | None = None,
) -> Failure:
    """The failure of a reason, in the class that the reason's code asks for."""
    kind = FAMILY[code_of(reason)]
    return kind(reason, message, metadata=metadata, violations=violations, retry_after=retry_after)


def invalid(violations: Sequence[Violation]) -> Invalid:
    """The failure of a request with these fields wrong."""
    return Invalid("INVALID_ARGUMENT", "; ".join(f"{one.field}: {one.description}" for one in violations), violations=violations)


def not_implemented(method: str) -> Unimplemented:
    """The failure of a call that is in the contract and not built yet."""
    return Unimplemented("NOT_IMPLEMENTED", f"{method} is part of the contract and not built yet", metadata={"method": method})


def to_status(failed: Failure) -> status_pb2.Status:
    """The wire form: code, message, exactly one ErrorInfo, then BadRequest and RetryInfo where there are any."""
    details: list[any_pb2.Any] = []

    def add(message: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest | error_details_pb2.RetryInfo) -> None:
        packed = any_pb2.Any()
        packed.Pack(message)
        details.append(packed)

    add(error_details_pb2.ErrorInfo(reason=failed.reason, domain=DOMAIN, metadata=failed.metadata))
    if failed.violations:
        add(
            error_details_pb2.BadRequest(
                field_violations=[
                    error_details_pb2.BadRequest.FieldViolation(field=one.field[:200], description=one.description[:200])
                    for one in failed.violations[:16]
                ]
            )
        )
    if failed.retry_after is not None:
        delay = duration_pb2.Duration()
        delay.FromTimedelta(failed.retry_after)
        add(error_details_pb2.RetryInfo(retry_delay=delay))
    return status_pb2.Status(code=failed.code.value[0], message=failed.message[:_MAX_TEXT], details=details)


def from_status(status: status_pb2.Status) -> Failure:
    """The failure that a wire form says; one without ErrorInfo of ours is read by its code alone."""
    info = error_details_pb2.ErrorInfo()
    bad = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    for detail in status.details:
        for message in (info, bad, retry):
            detail.Unpack(message)
    retry_after = retry.retry_delay.ToTimedelta() if retry.HasField("retry_delay") else None
    violations = tuple(Violation(one.field, one.description) for one in bad.field_violations)
    if info.domain == DOMAIN and info.reason in _FAILURES:
        return failure(info.reason, status.message, metadata=info.metadata, violations=violations, retry_after=retry_after)
    reason = _BARE.get(_BY_NUMBER[status.code], "INTERNAL")
    # What gRPC's own library says names addresses: it is not for players.
    return failure(reason, title_of(reason), retry_after=retry_after)


def from_rpc_error(error: grpc.aio.AioRpcError) -> Failure:
    """The failure that a call's error carries."""
    # rpc_status reads only code(), details() and trailing_metadata(), which both kinds of call have.
    status = rpc_status.from_call(cast("grpc.Call", error))
    if status is None:
        status = status_pb2.Status(code=error.code().value[0], message=error.details() or "")
    return from_status(status)
