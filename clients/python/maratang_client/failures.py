"""The ways a call fails.

MaratangError
├── Problem      the server answered that it can't, or not now; each reason has a class of its own in `problems`
├── Unreachable  nobody answered, or not to the end
└── Foreign      somebody answered who is no Maratang server, or one that speaks otherwise
"""

from collections.abc import Mapping
from typing import ClassVar

_PASSING = frozenset({429, 502, 503, 504})


class MaratangError(Exception):
    """A call that brought no answer of use. `retry_after` is for how many seconds the server asks to wait; 0: it does not say."""

    retry_after = 0.0
    passing = False
    """Whether the same call may succeed a little later."""


class Problem(MaratangError):  # noqa: N818  named for what it is, as those below
    """A failure that the server names (RFC 9457).

    `reason` is for programs, and empty where what stands before the server (a proxy) answered; `metadata` has the variables of `detail`;
    `fields` say what is wrong, field by field; `request_id` is what the server's log has the request under.
    """

    of: ClassVar[dict[str, type["Problem"]]] = {}
    """The class of each reason."""

    def __init__(
        self,
        *,
        status: int,
        reason: str = "",
        detail: str = "",
        metadata: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        retry_after: float = 0.0,
        request_id: str = "",
    ) -> None:
        super().__init__(f"{status} {reason}: {detail}" if detail else f"{status} {reason}".strip())
        self.status = status
        self.reason = reason
        self.detail = detail
        self.metadata = dict(metadata or {})
        self.fields = dict(fields or {})
        self.retry_after = retry_after
        self.request_id = request_id
        self.passing = status in _PASSING or reason == "GAME_BUSY"

    def __init_subclass__(cls, *, reason: str) -> None:
        super().__init_subclass__()
        Problem.of[reason] = cls


class Unreachable(MaratangError):  # noqa: N818
    """No connection, or one that broke."""

    passing = True


class Foreign(MaratangError):  # noqa: N818
    """An answer that no Maratang server gives, or none that this version understands."""


def problem(status: int, document: object, *, retry_after: float = 0.0, request_id: str = "") -> Problem:
    """The failure that a problem document says; `status`, `retry_after` and `request_id` are its answer's, where the document has none."""
    said = document if isinstance(document, Mapping) else {}
    reason = _text(said.get("reason"))
    known = said.get("retryAfter")
    listed = said.get("errors")
    return Problem.of.get(reason, Problem)(
        status=said["status"] if isinstance(said.get("status"), int) else status,
        reason=reason,
        detail=_text(said.get("detail")),
        metadata=_texts(said.get("metadata")),
        fields={_text(one.get("field")): _text(one.get("description")) for one in listed if isinstance(one, Mapping)}
        if isinstance(listed, list)
        else None,
        retry_after=float(known) if isinstance(known, int | float) else retry_after,
        request_id=_text(said.get("instance")) or request_id,
    )


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""


def _texts(found: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, Mapping) else {}
