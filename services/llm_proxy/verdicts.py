"""What follows from a fault: for the generation, and for what is thought of the server."""

from dataclasses import dataclass
from enum import Enum

from services.llm_proxy.conditions import Signal
from services.llm_proxy.faults import Fault, Phase


class Again(Enum):
    """Whether the server that failed may be asked again for the same text."""

    NEVER = "never"
    ONCE = "once"
    """After a moment, where no other server is left."""
    WHEN_ALONE = "when_alone"
    """After a longer moment, where no other server is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a fault means."""

    elsewhere: bool
    """Whether another server may do better."""
    here: Again = Again.NEVER
    signal: Signal | None = None
    """What is noticed of the server; None: the request is at fault, not the server."""
    whole_server: bool = False
    """Whether all its models are concerned."""


_REQUEST = Verdict(elsewhere=False)
_AWAY = Verdict(elsewhere=True, signal=Signal.AWAY, whole_server=True)
_REFUSES = Verdict(elsewhere=True, signal=Signal.REFUSED, whole_server=True)
_BUSY = Verdict(elsewhere=True, here=Again.WHEN_ALONE, signal=Signal.BUSY)
_SILENT = Verdict(elsewhere=True, signal=Signal.SILENT)
_BREAKS = Verdict(elsewhere=True, here=Again.ONCE, signal=Signal.FAULT)

VERDICTS: dict[str, Verdict] = {
    "INVALID_PROMPT": _REQUEST,
    "CONTEXT_LENGTH_EXCEEDED": Verdict(elsewhere=True),  # but only to one whose context is longer
    "STRUCTURED_OUTPUT_INVALID": Verdict(elsewhere=True, here=Again.ONCE),
    "UNKNOWN_MODEL": Verdict(elsewhere=True, signal=Signal.REFUSED),
    "TUNNEL_OFFLINE": _AWAY,
    "BACKEND_UNREACHABLE": _AWAY,
    "TUNNEL_INTERSTITIAL": _REFUSES,
    "BACKEND_AUTH": _REFUSES,
    "TUNNEL_RATE_LIMITED": _BUSY,
    "BACKEND_OVERLOADED": _BUSY,
    "TTFT_TIMEOUT": _SILENT,
    "STREAM_STALLED": _SILENT,
    "STREAM_TRUNCATED": _BREAKS,
    "STREAM_INTERRUPTED": _BREAKS,
    "BACKEND_PROTOCOL_ERROR": _BREAKS,
    "WRONG_MODEL": Verdict(elsewhere=True, signal=Signal.FAULT),
}
_THROUGH_A_GATE = frozenset({502, 504})
"""Who answers these is there: what stands before the server did not get through, this time."""


def verdict(fault: Fault) -> Verdict:
    """What a fault means. Whatever a look at the model list meets keeps the server from being asked at all."""
    found = VERDICTS[fault.reason]
    if fault.phase is Phase.MODELS:
        return found if found.signal is Signal.REFUSED and found.whole_server else _AWAY
    if (
        fault.reason == "BACKEND_UNREACHABLE"
        and (fault.connection_lost or fault.http_status in _THROUGH_A_GATE)
        and not fault.ngrok_error_code
    ):
        return _BREAKS
    return found
