import pytest

from maratang_client.sse import MAX_BYTES, Parser, ServerSent, TooLong

STREAM = (
    "\ufeff: ping\n\n"
    'id: 7-1\nevent: accepted\ndata: {"turn":7}\n\n'
    "retry: 1000\nevent: delta\r\nid:7-2\r\ndata: 하나\r\ndata: 둘\r\n\r\n"
    "data\rid: no\0id\r\r"
    "event: lonely\n\n"
    "id: 7-4\nevent: done\ndata: {}\n\n"
    "id: 7-5\nevent: delta\ndata: cut"
).encode()
EVENTS = [
    ServerSent(id="7-1", name="accepted", data='{"turn":7}'),
    ServerSent(id="7-2", name="delta", data="하나\n둘"),
    ServerSent(id="", name="message", data=""),
    ServerSent(id="7-4", name="done", data="{}"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, len(STREAM)])
def test_events_are_the_same_however_the_bytes_are_split(size: int):
    parser = Parser()

    events = [event for at in range(0, len(STREAM), size) for event in parser.feed(STREAM[at : at + size])]

    assert events == EVENTS


@pytest.mark.parametrize("at", range(len(STREAM)))
def test_a_split_anywhere_changes_nothing(at: int):
    parser = Parser()

    assert [*parser.feed(STREAM[:at]), *parser.feed(b""), *parser.feed(STREAM[at:])] == EVENTS


def test_bytes_that_are_no_utf_8_are_shown_as_such():
    assert Parser().feed(b"data: \xff!\n\n") == [ServerSent(id="", name="message", data="\ufffd!")]


@pytest.mark.parametrize("piece", [b"x" * 65536, b"data: " + b"x" * 65536 + b"\n"])
def test_an_event_without_end_is_not_kept_for_ever(piece: bytes):
    parser = Parser()

    with pytest.raises(TooLong):
        for _ in range(MAX_BYTES // len(piece) + 2):
            parser.feed(piece)
