"""A call's part of a connection."""

from typing import Generic, Protocol, TypeVar

from services.chassis.http2 import frames


class Call(Protocol):
    """Whose a stream is."""

    def heard(self, data: bytes, size: int) -> int:
        """A piece of its messages, which took so many bytes of what may come; how many of them are free again."""

    def sent(self) -> None:
        """All that it had to send has gone, and more can go."""


T = TypeVar("T", bound=Call)


class Stream(Generic[T]):
    """What may be sent and may come in it, and what waits for that."""

    __slots__ = ("call", "flags", "free", "left", "number", "owed", "unsent")

    def __init__(self, number: int, call: T, free: int, flags: int) -> None:
        self.number = number
        self.call = call
        self.free = free
        """How many bytes may be sent."""
        self.unsent = memoryview(b"")
        self.flags = flags
        """Those of the frame that ends what is unsent."""
        self.left = frames.WINDOW_BYTES
        """How many bytes may come."""
        self.owed = 0
        """How many more may come, of which its peer was not yet told."""
