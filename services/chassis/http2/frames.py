"""Frames of HTTP/2 (RFC 9113), as far as calls need them."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 8, 9
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
WITH_PRIORITY = 0x20
HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE = 1, 2, 3, 4
NO_ERROR, PROTOCOL_ERROR, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR = 0, 1, 3, 6, 7, 8, 9
ENHANCE_YOUR_CALM = 11
MAX_BYTES = 16384
"""The longest payload that any peer takes, and the longest that ours may send."""
WINDOW_BYTES = 65535
"""How much may be under way in a stream, or in a connection, before its reader says more."""
LAST_STREAM = 2**31 - 1
"""The highest number of a stream; and the widest window."""
HEAD = struct.Struct(">IBI")
"""The length (24 bits) with the kind, the flags, the stream."""


class Violation(Exception):  # noqa: N818  named for what it is
    """A peer that does not keep to HTTP/2: its connection is of no more use."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = code


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One frame. `payload` has at most MAX_BYTES."""
    return HEAD.pack(len(payload) << 8 | kind, flags, stream) + payload


def settings(values: dict[int, int]) -> bytes:
    """A frame of settings."""
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", name, value) for name, value in values.items()))


def window_update(stream: int, more: int) -> bytes:
    """So many bytes more may be sent in a stream; 0: in the connection."""
    return frame(WINDOW_UPDATE, 0, stream, more.to_bytes(4, "big"))


def reset(stream: int, code: int) -> bytes:
    """A stream is over."""
    return frame(RST_STREAM, 0, stream, code.to_bytes(4, "big"))


def goaway(last: int, code: int) -> bytes:
    """No streams after the last one are looked at."""
    return frame(GOAWAY, 0, 0, last.to_bytes(4, "big") + code.to_bytes(4, "big"))


def head(stream: int, block: bytes, flags: int = 0) -> bytes:
    """A header block, in as many frames as it takes; `flags`: END_STREAM where nothing comes after it."""
    if len(block) <= MAX_BYTES:
        return frame(HEADERS, flags | END_HEADERS, stream, block)
    first, *parts = [block[at : at + MAX_BYTES] for at in range(0, len(block), MAX_BYTES)]
    last = parts.pop()
    middle = b"".join(frame(CONTINUATION, 0, stream, part) for part in parts)
    return frame(HEADERS, flags, stream, first) + middle + frame(CONTINUATION, END_HEADERS, stream, last)


def unpadded(flags: int, payload: bytes) -> bytes:
    """What a padded frame holds."""
    if not flags & PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise Violation(PROTOCOL_ERROR, "a frame is all padding")
    return payload[1 : len(payload) - payload[0]]


def settings_of(payload: bytes) -> dict[int, int]:
    """The settings that a frame holds."""
    if len(payload) % 6:
        raise Violation(FRAME_SIZE_ERROR, "settings of a wrong length")
    said = dict(struct.iter_unpack(">HI", payload))
    if said.get(INITIAL_WINDOW_SIZE, 0) > LAST_STREAM:
        raise Violation(FLOW_CONTROL_ERROR, "a window that is too wide")
    return said


def number_of(payload: bytes) -> int:
    """The one number of a frame that holds nothing else."""
    if len(payload) != 4:
        raise Violation(FRAME_SIZE_ERROR, "a frame of a wrong length")
    return int.from_bytes(payload, "big")
