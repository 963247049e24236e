"""What a caller is told when a generation has failed: one reason of the contract, and what happened where."""

from datetime import timedelta

from services.chassis import errors
from services.llm_proxy.conditions import State
from services.llm_proxy.fleet import Fleet
from services.llm_proxy.generation import Policy
from services.llm_proxy.journeys import Journey
from services.llm_proxy.routing import LORA
from services.llm_proxy.servers import Server
from services.llm_proxy.waiting import NoRoom

_NO_ADAPTER = frozenset({"TUNNEL_OFFLINE", "BACKEND_UNREACHABLE", "UNKNOWN_MODEL"})
"""What, where an adapter is required, comes to the same: no reachable backend serves it."""
_SAID_AT_THE_END = frozenset({"STREAM_TRUNCATED", "STRUCTURED_OUTPUT_INVALID"})
"""What is as true of a text that has been handed on."""


def failure(journey: Journey, fleet: Fleet) -> errors.Failure:
    """The failure of a generation that nothing may follow. One that met no fault of its own has that of the servers it may not ask."""
    route, fault = journey.ask.route, journey.fault
    metadata = _metadata(journey)
    if journey.sent and (fault is None or fault.reason not in _SAID_AT_THE_END):
        return errors.Conflict("STREAM_INTERRUPTED", "the model's stream broke after text was handed on", metadata=metadata)
    if fault is None:
        blocked = _blocked(journey, fleet)
        if blocked is not None and blocked.state()[0] in {State.OPEN, State.HALF_OPEN}:
            return errors.Unavailable(
                "BREAKER_OPEN",
                "the model server failed repeatedly and is left alone for a moment",
                metadata=metadata | {"backend": blocked.backend},
                retry_after=timedelta(seconds=1),
            )
        fault = None if blocked is None else blocked.last_fault
        if fault is not None and blocked is not None:
            metadata |= {"backend": blocked.backend} | fault.metadata
    if route.policy is Policy.LORA_REQUIRED and (fault is None or fault.reason in _NO_ADAPTER):
        return errors.Unavailable(
            "ADAPTER_UNAVAILABLE", "no reachable model server serves this adapter", metadata=metadata | {"adapter": route.adapter}
        )
    if fault is None:
        return errors.Unavailable("BACKEND_UNREACHABLE", "no model server is configured that has a base model", metadata=metadata)
    reason = "STREAM_TRUNCATED" if fault.reason == "STREAM_INTERRUPTED" else fault.reason  # nothing was handed on
    return errors.failure(reason, fault.message, metadata=metadata, retry_after=fault.retry_after)


def no_room(journey: Journey, full: NoRoom) -> errors.Failure:
    """The failure of a generation that found no room in time."""
    return errors.Exhausted(
        "PROXY_OVERLOADED",
        "the model servers have no room, and would have none in time",
        metadata=_metadata(journey) | {"phase": "queue", "why": full.why},
        retry_after=timedelta(seconds=round(max(full.retry_seconds, 0.1), 1)),
    )


def _metadata(journey: Journey) -> dict[str, str]:
    said = {
        "backend": journey.backend,
        "model": journey.model,
        "attempts": str(journey.attempts),
        "tokensSent": str(len(journey.sent)),
        "retryBudgetExhausted": "true" if journey.out_of_budget else "",
    }
    if journey.fault is not None:
        said |= journey.fault.metadata
    return {key: value for key, value in said.items() if value}


def _blocked(journey: Journey, fleet: Fleet) -> Server | None:
    """The server that would have served, were it well."""
    wanted = journey.ask.route.policy is not Policy.BASE
    ill = [server for server in fleet.in_service if server.state()[0] not in {State.READY, State.SATURATED, State.UNKNOWN}]
    ill.sort(key=lambda server: (server.backend == LORA) is not wanted)
    if journey.ask.route.policy is Policy.LORA_REQUIRED:
        ill = [server for server in ill if server.backend == LORA]
    return ill[0] if ill else None
