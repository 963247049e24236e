"""Failures as problem documents (RFC 9457): what a caller is told, and with which status."""

import http
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import grpc
import orjson
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from services.chassis import errors
from services.chassis.errors import Violation

CONTENT_TYPE = b"application/problem+json"
HTTP_STATUS: dict[grpc.StatusCode, int] = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DATA_LOSS: 500,
}
"""The table of google/rpc/code.proto."""
_OWN_STATUS = {"UNSUPPORTED_MEDIA_TYPE": 415, "BODY_TOO_LARGE": 413, "METHOD_NOT_ALLOWED": 405}
"""The gateway's own failures that HTTP has a better status for than their gRPC code's."""
_RETRY_UNREACHABLE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a caller is told of a failure. `reason` is None for what no service of ours said."""

    status: int
    detail: str
    reason: str | None
    metadata: Mapping[str, str] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    retry_after: timedelta | None = None
    allow: str = ""
    """The methods that a path has, where another was asked."""

    @property
    def phrase(self) -> str:
        """The status in words."""
        return "Client Closed Request" if self.status == 499 else http.HTTPStatus(self.status).phrase

    def document(self, request_id: str) -> dict[str, object]:
        """The problem document, as plain values. `instance` is the id that the log has it under."""
        said: dict[str, object] = {"type": "about:blank", "title": self.phrase, "status": self.status}
        if self.reason is not None:
            said["type"] = type_of(self.reason)
            if self.reason in errors.reasons():
                said["title"] = errors.title_of(self.reason)
        said |= {"detail": self.detail, "instance": request_id}
        if self.reason is not None:
            said["reason"] = self.reason
        if self.metadata:
            said["metadata"] = dict(self.metadata)
        if self.violations:
            said["errors"] = [{"field": one.field, "description": one.description} for one in self.violations]
        if self.retry_after is not None:
            said["retryAfter"] = self.retry_after.total_seconds()
        return said

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers that go with it, its content type among them."""
        made = [(b"content-type", CONTENT_TYPE), (b"cache-control", b"no-store")]
        if self.status == 401:
            made.append((b"www-authenticate", b'Bearer error="invalid_token"'))
        if self.retry_after is not None:
            made.append((b"retry-after", b"%d" % max(1, math.ceil(self.retry_after.total_seconds()))))
        if self.allow:
            made.append((b"allow", self.allow.encode()))
        return made


class Refusal(Exception):  # noqa: N818  as the chassis' failures: named for what it is
    """A request that is answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def type_of(reason: str) -> str:
    """The URN of a reason: `urn:maratang:error:stale-turn`."""
    return f"urn:maratang:error:{reason.lower().replace('_', '-')}"


def status_of(reason: str) -> int:
    """The HTTP status that a reason of the contract is answered with."""
    return _OWN_STATUS.get(reason) or HTTP_STATUS[errors.code_of(reason)]


def of_failure(failed: errors.Failure) -> Problem:
    """The problem of a failure. Of a defect nothing is said."""
    status = status_of(failed.reason)
    if status == 500:
        return _defect()
    return Problem(
        status=status,
        detail=failed.message,
        reason=failed.reason,
        metadata=failed.metadata,
        violations=failed.violations,
        retry_after=failed.retry_after,
    )


def of_rpc_error(error: grpc.aio.AioRpcError, service: str) -> Problem:
    """The problem of a call that failed in, or on the way to, the service of this name."""
    status = HTTP_STATUS[error.code()]
    if status == 500:
        return _defect()
    info, bad, retry = _details(error)
    retry_after = retry.retry_delay.ToTimedelta() if retry.HasField("retry_delay") else None
    if info.domain != errors.DOMAIN:
        bare = _bare(error.code(), service)
        if bare is not None:
            return bare
    return Problem(
        status=_OWN_STATUS.get(info.reason, status),
        detail=error.details() or "",
        reason=info.reason if info.domain == errors.DOMAIN else None,
        metadata=info.metadata,
        violations=tuple(Violation(one.field, one.description) for one in bad.field_violations),
        retry_after=retry_after,
    )


def unserved(error: grpc.aio.AioRpcError) -> bool:
    """Whether a call failed by the way to the service, or by the service's end, and not by a word of the service."""
    return error.code() in {grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE} and _details(error)[0].domain != errors.DOMAIN


def dumps(value: object) -> bytes:
    """JSON in UTF-8 of plain values."""
    return orjson.dumps(value)


def _defect() -> Problem:
    return Problem(status=500, detail="internal error; its log has the request id in `instance`", reason="INTERNAL")


def _bare(code: grpc.StatusCode, service: str) -> Problem | None:
    """What gRPC's own library says; its words name addresses inside and stay there."""
    if code is grpc.StatusCode.UNAVAILABLE:
        reason, detail, retry_after = "SERVICE_UNAVAILABLE", f"the {service} service can't be reached: try again", _RETRY_UNREACHABLE
    elif code is grpc.StatusCode.DEADLINE_EXCEEDED:
        reason, detail, retry_after = "DEADLINE_EXCEEDED", "the deadline passed before the answer was there", None
    elif code is grpc.StatusCode.UNIMPLEMENTED:
        reason, detail, retry_after = "UNKNOWN_METHOD", f"the {service} service has no such method", None
    elif code is grpc.StatusCode.CANCELLED:
        reason, detail, retry_after = "CANCELLED", "the call was cancelled", None
    else:
        return None
    metadata = {"service": service} if reason == "SERVICE_UNAVAILABLE" else {}
    return of_failure(errors.failure(reason, detail, metadata=metadata, retry_after=retry_after))


def _details(
    error: grpc.aio.AioRpcError,
) -> tuple[error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo]:
    found = (error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo())
    try:
        # rpc_status reads only code(), details() and trailing_metadata(), which both kinds of call have.
        status = rpc_status.from_call(cast("grpc.Call", error))
    except ValueError:  # details that contradict their status are nobody's
        return found
    for detail in status.details if status is not None else ():
        for message in found:
            detail.Unpack(message)
    return found
