"""A head goes out with what comes after it, and is not kept where nothing does."""

import asyncio
from dataclasses import dataclass, field

import pytest

from services.gateway.corked import Corked

pytestmark = pytest.mark.anyio
HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


@dataclass
class Written:
    sent: list[bytes] = field(default_factory=list)
    closed: bool = False

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


async def test_a_head_and_its_body_are_one():
    below = Written()
    transport = Corked(below, asyncio.get_running_loop())

    for _ in range(2):
        transport.write(HEAD)
        transport.write(b"body")
    await asyncio.sleep(0)

    assert below.sent == [HEAD + b"body"] * 2


async def test_a_head_alone_goes_out_by_itself():
    below = Written()
    transport = Corked(below, asyncio.get_running_loop())

    transport.write(HEAD)
    assert below.sent == []
    await asyncio.sleep(0)
    transport.write(b"later")

    assert below.sent == [HEAD, b"later"]


async def test_what_is_closed_has_sent_its_head_and_sends_no_other():
    below = Written()
    transport = Corked(below, asyncio.get_running_loop())

    transport.write(HEAD)
    transport.close()
    transport.write(HEAD)
    await asyncio.sleep(0)

    assert (below.sent, below.closed) == ([HEAD], True)
