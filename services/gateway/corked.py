"""A transport that sends what is written in one turn of the loop in one go."""

import asyncio
from typing import Any

_MUCH_BYTES = 64 * 1024
"""What is more goes at once: whoever writes it must know whether it can go."""


class Corked:
    """Holds back what is written until the loop's next turn: two packets cost twice as much as one, here and for who reads them.

    All else is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Sends this, with what is written beside it."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > _MUCH_BYTES:
            self._flush()

    def close(self) -> None:
        """Closes the transport when all is sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:  # Any: whatever a transport has
        return getattr(self._transport, name)
