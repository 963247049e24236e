"""The ways a call fails, as a player's client sees them.

CallFailed
├── Problem      the server answered that it can't, or not now
├── Unreachable  nobody answered, or not to the end
└── Foreign      somebody answered who is no Maratang server
"""

from collections.abc import Mapping

_PASSING = frozenset({429, 502, 503, 504})


class CallFailed(Exception):  # noqa: N818  its kinds are named for what happened
    """A call that brought no answer of use. `retry_after` (seconds) is how long the server asks to wait; 0: it does not say."""

    retry_after = 0.0
    passing = False
    """Whether the same call may succeed a little later."""


class Problem(CallFailed):
    """A failure that the contract names; `reason` is empty where what stands before the server (a proxy) answered."""

    def __init__(self, *, status: int, reason: str = "", detail: str = "", retry_after: float = 0.0) -> None:
        super().__init__(f"{status} {reason} {detail}".strip())
        self.status = status
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
        self.passing = status in _PASSING or reason == "GAME_BUSY"


class Unreachable(CallFailed):
    """No connection, or one that broke."""

    passing = True


class Foreign(CallFailed):
    """An answer that no Maratang server gives."""


def problem(status: int, document: object, retry_after: float = 0.0) -> Problem:
    """The failure that a problem document (RFC 9457) says; `retry_after` where its answer had a header for it."""
    said = document if isinstance(document, Mapping) else {}
    known = said.get("retryAfter", retry_after)
    return Problem(
        status=said["status"] if isinstance(said.get("status"), int) else status,
        reason=str(said.get("reason", "")),
        detail=str(said.get("detail", "")),
        retry_after=float(known) if isinstance(known, int | float) else retry_after,
    )
