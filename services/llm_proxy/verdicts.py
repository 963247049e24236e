"""What follows from a fault: for the generation, and for what is thought of the server."""

from dataclasses import dataclass

from services.llm_proxy.faults import Fault, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a reason means."""

    moves_on: bool
    """Whether another server may do better."""
    blames: bool
    """Whether the server is at fault, rather than the request."""
    seen_by_look: bool = False
    """Whether asking for the model list would have met the same fault, so that a list that comes clears it."""
    rests: bool = False
    """Whether the server is asked last for a while, because each try costs the caller time."""


_REQUEST = Verdict(moves_on=False, blames=False)
_AWAY = Verdict(moves_on=True, blames=True, seen_by_look=True, rests=True)
_REFUSES = Verdict(moves_on=True, blames=True, seen_by_look=True)
_HANGS = Verdict(moves_on=True, blames=True, rests=True)
_LIES = Verdict(moves_on=True, blames=True)

VERDICTS: dict[str, Verdict] = {
    "INVALID_PROMPT": _REQUEST,
    "CONTEXT_LENGTH_EXCEEDED": _REQUEST,
    "STRUCTURED_OUTPUT_INVALID": _REQUEST,
    "UNKNOWN_MODEL": Verdict(moves_on=True, blames=False),
    "TUNNEL_OFFLINE": _AWAY,
    "BACKEND_UNREACHABLE": _AWAY,
    "TUNNEL_INTERSTITIAL": _AWAY,
    "TUNNEL_RATE_LIMITED": _REFUSES,
    "BACKEND_AUTH": _REFUSES,
    "BACKEND_OVERLOADED": _REFUSES,
    "TTFT_TIMEOUT": _HANGS,
    "STREAM_STALLED": _HANGS,
    "STREAM_TRUNCATED": _LIES,
    "STREAM_INTERRUPTED": _LIES,
    "WRONG_MODEL": _LIES,
    "BACKEND_PROTOCOL_ERROR": _LIES,
}


def verdict(fault: Fault) -> Verdict:
    """What a fault means; one met while asking for the model list is one that a look sees."""
    found = VERDICTS[fault.reason]
    if fault.phase is Phase.MODELS and not found.seen_by_look:
        return Verdict(moves_on=True, blames=True, seen_by_look=True, rests=found.rests)
    return found
