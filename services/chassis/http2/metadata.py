"""gRPC's metadata, which are headers: text as it is, what is named "-bin" in base64."""

import base64
import binascii
from collections.abc import Iterable

from services.chassis.http2.headers import Fields, field

Pairs = tuple[tuple[str, str | bytes], ...]
_NOT_METADATA = frozenset(
    {
        ":authority", ":method", ":path", ":scheme", ":status", "accept-encoding", "content-type", "grpc-accept-encoding", "grpc-encoding",
        "grpc-message", "grpc-status", "grpc-timeout", "te",
    }
)  # fmt: skip


def read_metadata(fields: Fields) -> Pairs:
    """The metadata among headers."""
    return tuple(
        [
            (name, _binary(value) if name.endswith("-bin") else value.decode("latin-1"))
            for name, value in fields
            if name not in _NOT_METADATA
        ]
    )


def metadata(pairs: Iterable[tuple[str, str | bytes]]) -> bytes:
    """Metadata as a part of a header block; text is printable ASCII."""
    return b"".join([field(name, base64.b64encode(value) if isinstance(value, bytes) else value.encode("ascii")) for name, value in pairs])


def _binary(value: bytes) -> bytes:
    try:
        return base64.b64decode(value + b"=" * (-len(value) % 4))
    except binascii.Error:
        return b""
