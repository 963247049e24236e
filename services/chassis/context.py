"""What a call knows of itself: its request id, its caller, and the facts noted for its log line."""

import hashlib
import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field

REQUEST_ID = "x-request-id"
TRACEPARENT = "traceparent"
OPERATOR = "x-maratang-operator"
"""The metadata in which an operator says who they are, for the audit: a word of theirs, not an identity."""
CLIENT = "x-maratang-client"
"""The metadata in which the gateway says from which address a player comes; it bounds tries, and proves nothing."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,64}")
_OPERATOR = re.compile(r"[A-Za-z0-9._@+-]{1,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A signed-in player: the id, the token's SHA-256 (32 bytes) and the player's language."""

    player_id: str
    token_hash: bytes
    locale: str


@dataclass(slots=True, kw_only=True)
class CallContext:
    """One call, while it lasts. `facts` go into its canonical log line."""

    request_id: str
    traceparent: str | None = None
    operator: str = "operator"
    address: str = ""
    """Where the player comes from, as far as is known: an IP address, or the peer as gRPC names it."""
    caller: Caller | None = None
    deadline: float | None = None
    """The event loop's time at which the call's deadline passes; None: it has none."""
    facts: dict[str, str | int | float] = field(default_factory=dict)


_current: ContextVar[CallContext | None] = ContextVar("call", default=None)


def known_as(player_id: str) -> str:
    """What a player is called in logs: always the same 16 hex digits, and nothing that one could sign in or ask with."""
    return hashlib.sha256(player_id.encode()).hexdigest()[:16]


def begin(request_id: str | None, traceparent: str | None, operator: str | None = None) -> CallContext:
    """Makes the present task's context. What is malformed is replaced, not trusted."""
    call = CallContext(
        request_id=request_id if request_id and _REQUEST_ID.fullmatch(request_id) else secrets.token_hex(8),
        traceparent=traceparent if traceparent and _TRACEPARENT.fullmatch(traceparent) else None,
        operator=operator if operator and _OPERATOR.fullmatch(operator) else "operator",
    )
    _current.set(call)
    return call


def current() -> CallContext | None:
    """The call that the present task serves; None outside calls."""
    return _current.get()


def caller() -> Caller:
    """The signed-in player. Only for RPCs whose access is PLAYER."""
    call = _current.get()
    if call is None or call.caller is None:
        raise RuntimeError("caller() asked in an RPC whose access is not PLAYER")
    return call.caller


def operator() -> str:
    """Who the operator says they are; "operator" where nothing was said."""
    call = _current.get()
    return "operator" if call is None else call.operator


def caller_or_none() -> Caller | None:
    """The signed-in player; None where nobody is. For RPCs whose access is ANYONE."""
    call = _current.get()
    return None if call is None else call.caller


def traceparent() -> str | None:
    """What a call made within the present one sends along; None: it belongs to no trace."""
    call = _current.get()
    return None if call is None else call.traceparent


def address() -> str:
    """Where the player comes from; empty: it is not known."""
    call = _current.get()
    return "" if call is None else call.address


def note(**facts: str | float) -> None:
    """Adds facts to the call's log line: ids, numbers and timings; never a player's text, never a token."""
    call = _current.get()
    if call is not None:
        call.facts.update(facts)
