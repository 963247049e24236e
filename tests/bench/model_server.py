"""What the bench's model servers have in common: as little HTTP as a client of theirs needs, as a process of its own."""

import argparse
import asyncio
from abc import ABC, abstractmethod
from typing import Any

import uvloop

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
"""What a stream begins with."""


def framed(data: bytes) -> bytes:
    """A chunk of a stream."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def plain(data: bytes) -> bytes:
    """A whole answer of JSON."""
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(data), data)


END = framed(b"data: [DONE]\n\n") + b"0\r\n\r\n"
"""What a stream ends with."""


class ModelServer(asyncio.Protocol, ABC):
    """One connection."""

    transport: Any  # uvloop's transport has no type of its own
    telling: asyncio.Task[None] | asyncio.TimerHandle | None = None
    """What is cancelled when the client leaves."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        length = int(lowered[at + 15 :].partition(b"\r\n")[0]) if at >= 0 else 0
        if not found or len(body) < length:
            return
        self._received = body[length:]
        self.asked(head, body)

    @abstractmethod
    def asked(self, head: bytes, body: bytes) -> None:
        """Answers a request."""

    def connection_lost(self, exc: Exception | None) -> None:
        if self.telling is not None:
            self.telling.cancel()


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """The arguments that each of them takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, required=True)
    return parser


def serve(server: type[ModelServer], port: int) -> None:
    """Serves until it is killed."""

    async def forever() -> None:
        await asyncio.get_running_loop().create_server(server, "127.0.0.1", port, backlog=2048)
        await asyncio.Event().wait()

    uvloop.run(forever())
