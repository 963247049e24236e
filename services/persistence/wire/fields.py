"""Fields of any message: ids, hashes, times and pages. What is malformed raises errors.Invalid, naming the field."""

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis import errors
from services.chassis.errors import Violation

HASH_BYTES = 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOS = 1_000_000_000
KEY_MOST = 64
"""Characters of an idempotency key."""


def invalid(field: str, description: str) -> errors.Invalid:
    """The failure of a request with this field wrong."""
    return errors.invalid([Violation(field, description)])


def uuid_or_none(text: str) -> UUID | None:
    """The UUID in its one canonical spelling; None: it is none, so that one thing can't have two names."""
    try:
        parsed = UUID(text)
    except ValueError:
        return None
    return parsed if str(parsed) == text else None


def uuid_in(text: str, field: str) -> UUID:
    """The UUID of a field."""
    parsed = uuid_or_none(text)
    if parsed is None:
        raise invalid(field, "is no UUID of the form 01234567-89ab-cdef-0123-456789abcdef")
    return parsed


def hash_in(data: bytes, field: str) -> bytes:
    """The 32-byte hash of a field."""
    if len(data) != HASH_BYTES:
        raise invalid(field, f"has {len(data)} bytes, not {HASH_BYTES}")
    return data


def key_in(text: str, field: str) -> str:
    """A text that something is looked up by."""
    if "\0" in text:
        raise invalid(field, "holds a NUL")
    return text


def text_in(text: str, field: str, *, most: int, required: bool = False) -> str:
    """A text of at most so many characters, which PostgreSQL can hold."""
    if required and not text:
        raise invalid(field, "is missing")
    if len(text) > most:
        raise invalid(field, f"has {len(text)} characters, at most {most} are allowed")
    return key_in(text, field)


def request_id_in(request_id: str, field: str = "requestId") -> str | None:
    """An idempotency key; None: none was given."""
    return text_in(request_id, field, most=KEY_MOST) or None


def time_in(stamp: Timestamp, field: str) -> datetime:
    """The time of a field, in microseconds. Absent counts as the zero time, which nothing here was made at."""
    if stamp.seconds <= 0:
        raise invalid(field, "is missing or before 1970")
    if not 0 <= stamp.nanos < _NANOS:
        raise invalid(field, "is no time")
    try:
        # As stamp.ToDatetime(UTC), in a fifth of its time: a batch has thousands.
        return _EPOCH + timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // 1000)
    except OverflowError:
        raise invalid(field, "is no time") from None


def time_out(time: datetime) -> Timestamp:
    """A time as protobuf has it."""
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp


def page_size_in(asked: int, *, default: int, most: int) -> int:
    """How many to list; 0 is the default."""
    if not 0 <= asked <= most:
        raise invalid("pageSize", f"is {asked}, not 1 to {most}")
    return asked or default


def page_token_out(*position: str) -> str:
    """Where a page ended, as an opaque token."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def page_token_in(token: str, parts: int) -> tuple[str, ...] | None:
    """Where the page before ended; None for no token."""
    if not token:
        return None
    try:
        position = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, binascii.Error):
        position = None
    if not isinstance(position, list) or len(position) != parts or not all(isinstance(part, str) for part in position):
        raise bad_page_token()
    return tuple(position)


def bad_page_token() -> errors.Invalid:
    """The failure of a page token that no page gave."""
    return invalid("pageToken", "is not from a page before: begin without one")
