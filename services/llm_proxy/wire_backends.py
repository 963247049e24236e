"""The model servers and how they are, as protobuf has it."""

from collections.abc import Iterable

from maratang.llm_proxy.v1 import admin_service_pb2
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from services.chassis.errors import Violation
from services.llm_proxy import urls
from services.llm_proxy.conditions import State
from services.llm_proxy.faults import Fault
from services.llm_proxy.fleet import Status
from services.llm_proxy.routing import ROLES
from services.llm_proxy.servers import Server

URLS_MOST = 16
REASON_MOST = 500
ID_MOST = 64

_STATES = {
    State.UNKNOWN: pb.BackendServer.UNKNOWN,
    State.READY: pb.BackendServer.READY,
    State.SATURATED: pb.BackendServer.SATURATED,
    State.SUSPECT: pb.BackendServer.SUSPECT,
    State.OPEN: pb.BackendServer.OPEN,
    State.HALF_OPEN: pb.BackendServer.HALF_OPEN,
    State.OFFLINE: pb.BackendServer.OFFLINE,
    State.MISCONFIGURED: pb.BackendServer.MISCONFIGURED,
}


def pointing(request: admin_service_pb2.SetBackendRequest) -> tuple[str, tuple[str, ...]]:
    """The role that is to point elsewhere, and its URLs as they are kept. Raises errors.Invalid with every field that is wrong."""
    wrong: list[Violation] = []
    if request.name not in ROLES:
        wrong.append(Violation("name", f"is none of {', '.join(ROLES)}"))
    if len(request.urls) > URLS_MOST:
        wrong.append(Violation("urls", f"has {len(request.urls)} URLs, at most {URLS_MOST} are allowed"))
    if len(request.reason) > REASON_MOST:
        wrong.append(Violation("reason", f"has at most {REASON_MOST} characters"))
    if len(request.request_id) > ID_MOST:
        wrong.append(Violation("requestId", f"has at most {ID_MOST} characters"))
    named: list[str] = []
    for place, url in enumerate(request.urls[:URLS_MOST]):
        try:
            named.append(urls.normal(url))
        except ValueError as error:
            wrong.append(Violation(f"urls[{place}]", str(error)))
            continue
        if urls.shown(named[-1]) != named[-1]:
            wrong.append(Violation(f"urls[{place}]", "holds a user or a password, which would be kept for all to see: use VLLM_API_KEY"))
    if wrong:
        raise errors.invalid(wrong)
    return request.name, tuple(dict.fromkeys(named))


def backends(statuses: Iterable[Status], now: float) -> pb.GetBackendsResponse:
    """How all roles are."""
    return pb.GetBackendsResponse(backends=[backend(one, now) for one in statuses])


def backend(status: Status, now: float) -> pb.Backend:
    """How a role is."""
    return pb.Backend(
        name=status.role,
        state=_state(status),
        reason="" if status.serves else status.reason,
        in_flight=sum(server.in_flight for server in status.servers),
        models=status.models,
        servers=[_server(server, now) for server in status.servers],
        revision=status.revision,
    )


def _state(status: Status) -> "pb.Backend.State.ValueType":
    if status.state is None:
        return pb.Backend.NOT_CONFIGURED
    if status.state is State.UNKNOWN:
        return pb.Backend.UNKNOWN
    return pb.Backend.READY if status.serves else pb.Backend.FAILING


def _server(server: Server, now: float) -> pb.BackendServer:
    state, reason = server.state()
    fault = server.last_fault
    return pb.BackendServer(
        url=urls.shown(server.url),
        state=pb.BackendServer.DRAINING if server.draining else _STATES[state],
        reason=reason,
        in_flight=server.in_flight,
        limit=server.limit.value,
        last_error="" if fault is None else _said(fault),
        last_error_age_seconds=None if fault is None else int(now - server.last_fault_at),
        models=[_model(server, name, now) for name in server.names],
    )


def _model(server: Server, name: str, now: float) -> pb.BackendServer.Model:
    condition, pace = server.condition(name), server.pace(name)
    p50, p95 = pace.first_token_at(0.5), pace.first_token_at(0.95)
    return pb.BackendServer.Model(
        name=name,
        state=_STATES[condition.at(now)],
        reason=condition.reason,
        first_token_p50_ms=None if p50 is None else round(p50 * 1000),
        first_token_p95_ms=None if p95 is None else round(p95 * 1000),
    )


def _said(fault: Fault) -> str:
    where = [str(fault.phase)]
    if fault.http_status is not None:
        where.append(f"HTTP {fault.http_status}")
    if fault.ngrok_error_code is not None:
        where.append(fault.ngrok_error_code)
    return f"{fault.reason} ({', '.join(where)})"
