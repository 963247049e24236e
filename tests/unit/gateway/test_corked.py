"""What is written in one turn of the loop goes out in one go, and nothing is kept longer."""

import asyncio
from dataclasses import dataclass, field

import pytest

from services.gateway.corked import Corked

pytestmark = pytest.mark.anyio


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


async def test_what_is_written_in_one_turn_of_the_loop_is_one():
    below = Written()
    transport = Corked(below, asyncio.get_running_loop())

    for piece in (b"head ", b"body ", b"end"):
        transport.write(piece)
    assert below.sent == []
    await asyncio.sleep(0)
    transport.write(b"later")
    await asyncio.sleep(0)

    assert below.sent == [b"head body end", b"later"]


async def test_what_is_much_goes_at_once_so_that_its_writer_knows_whether_it_can_go():
    below = Written()
    transport = Corked(below, asyncio.get_running_loop())

    transport.write(b"head ")
    transport.write(bytes(64 * 1024))
    assert below.sent == [b"head " + bytes(64 * 1024)]
    transport.write(b"rest")
    await asyncio.sleep(0)

    assert below.sent[1:] == [b"rest"]


async def test_what_is_closed_has_sent_what_it_had_and_sends_no_more():
    below = Written()
    transport = Corked(below, asyncio.get_running_loop())

    transport.write(b"last")
    transport.close()
    transport.write(b"too late")
    await asyncio.sleep(0)

    assert (below.sent, below.closed) == ([b"last"], True)
