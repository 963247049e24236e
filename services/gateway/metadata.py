"""What crosses between HTTP headers and gRPC metadata, and how long a call may take."""

import re
from collections.abc import Iterable, Mapping

from services.chassis import context, errors
from services.chassis.context import CallContext
from services.chassis.errors import Violation

UNARY_SECONDS = 60.0
"""The deadline of a unary call that came without one."""
STREAM_SECONDS = 600.0
"""The deadline of a stream that came without one: its watcher comes again with Last-Event-ID."""
MAX_SECONDS = {False: 120.0, True: 600.0}
"""The longest deadline that is granted; True: of streams."""
_PASSED_ON = ("authorization", "accept-language")
_GRPC_TIMEOUT = re.compile(r"([0-9]{1,8})([HMSmun])")
_UNITS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}


def inward(headers: Mapping[str, str], call: CallContext, address: str) -> tuple[tuple[str, str], ...]:
    """The metadata of a call: the few headers that may cross, the request id, the trace, the player's address. Nothing else gets in."""
    passed = [(name, _ascii(headers[name])) for name in _PASSED_ON if name in headers]
    passed.append((context.REQUEST_ID, call.request_id))
    if address:
        passed.append((context.CLIENT, address))
    if call.traceparent:
        passed.append((context.TRACEPARENT, call.traceparent))
    return tuple(passed)


def seconds_allowed(headers: Mapping[str, str], *, streaming: bool) -> float:
    """How long the call may take: what `grpc-timeout` asks for, clamped, or the default. Raises Invalid if it is malformed."""
    asked = headers.get("grpc-timeout")
    if asked is None:
        return STREAM_SECONDS if streaming else UNARY_SECONDS
    found = _GRPC_TIMEOUT.fullmatch(asked)
    if found is None:
        raise errors.invalid([Violation("grpc-timeout", "must be at most 8 digits and a unit of H, M, S, m, u, n: 10S")])
    return min(int(found[1]) * _UNITS[found[2]], MAX_SECONDS[streaming])


def outward(metadata: Iterable[tuple[str, str | bytes]]) -> dict[str, str]:
    """What of an answer's metadata goes out: etag (quoted, as HTTP has it) and retry-after."""
    shown: dict[str, str] = {}
    for key, value in metadata:
        if isinstance(value, str) and key == "etag":
            shown["etag"] = value if value.startswith(('"', 'W/"')) else f'"{value}"'
        elif isinstance(value, str) and key == "retry-after":
            shown["retry-after"] = value
    return shown


def unchanged(headers: Mapping[str, str], etag: str | None) -> bool:
    """Whether the caller's If-None-Match names this etag, compared weakly as RFC 9110 asks."""
    asked = headers.get("if-none-match")
    if asked is None or etag is None:
        return False
    return asked.strip() == "*" or etag.removeprefix("W/") in {one.strip().removeprefix("W/") for one in asked.split(",")}


def _ascii(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    # gRPC takes printable ASCII only; what is none is refused by whoever reads it, as any other wrong value is.
    return "".join(one if " " <= one <= "~" else "?" for one in value)
