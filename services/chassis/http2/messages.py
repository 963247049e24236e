"""gRPC's messages in the data of a stream: each behind five bytes that say how long it is."""

import grpc

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_PREFIX_BYTES = 5


class Unreadable(Exception):  # noqa: N818  named for what it is
    """Data that can't be taken, and the status that its call ends with."""

    def __init__(self, code: grpc.StatusCode, said: str) -> None:
        super().__init__(said)
        self.code = code


class Messages:
    """The messages of a stream as their pieces come."""

    __slots__ = ("_missing", "_parts", "whole")

    def __init__(self) -> None:
        self.whole: list[bytes] = []
        """Those that are there and were not taken."""
        self._parts: list[bytes] = []
        self._missing = _PREFIX_BYTES
        """How much must come before there is more to be made of the parts."""

    def heard(self, data: bytes) -> None:
        """Adds a piece. Raises Unreadable."""
        if not data:
            return
        self._parts.append(data)
        self._missing -= len(data)
        if self._missing <= 0:
            self._split(b"".join(self._parts) if len(self._parts) > 1 else data)

    def take(self) -> list[bytes]:
        """Those that are there."""
        taken, self.whole = self.whole, []
        return taken

    def _split(self, data: bytes) -> None:
        at, end = 0, len(data)
        needed = _PREFIX_BYTES
        while end - at >= _PREFIX_BYTES:
            length = int.from_bytes(data[at + 1 : at + _PREFIX_BYTES], "big")
            if data[at]:
                raise Unreadable(grpc.StatusCode.INTERNAL, "a message came compressed")
            if length > MAX_MESSAGE_BYTES:
                raise Unreadable(grpc.StatusCode.RESOURCE_EXHAUSTED, f"a message of {length} bytes; {MAX_MESSAGE_BYTES} are the most")
            needed = _PREFIX_BYTES + length
            if end - at < needed:
                break
            self.whole.append(data[at + _PREFIX_BYTES : at + needed])
            at += needed
            needed = _PREFIX_BYTES
        self._parts = [data[at:]] if at < end else []
        self._missing = needed - (end - at)


def prefixed(message: bytes) -> bytes:
    """A message as it is sent."""
    return len(message).to_bytes(_PREFIX_BYTES, "big") + message
