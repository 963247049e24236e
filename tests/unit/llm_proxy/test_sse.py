"""Events come out of bytes the same way however the bytes are split."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm_proxy.sse import MAX_EVENT_BYTES, Events, EventTooLarge

PAYLOAD = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1, max_size=20).map(
    lambda text: text.encode()
)
NOISE = st.sampled_from([b"", b": keep-alive\n", b"event: token\n", b"id: 7\n", b": \n\n", b"retry: 5\n\n"])


@given(
    payloads=st.lists(st.tuples(NOISE, PAYLOAD)),
    newline=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    cuts=st.lists(st.integers(0, 400)),
    space=st.booleans(),
)
def test_any_split_gives_the_same_events(payloads: list[tuple[bytes, bytes]], newline: bytes, cuts: list[int], space: bool):
    start = b"data: " if space else b"data:"
    whole = b"".join(noise + start + payload + b"\n\n" for noise, payload in payloads).replace(b"\n", newline)
    at = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    events, got = Events(), []
    for begin, end in itertools.pairwise(at):
        got += events.feed(whole[begin:end])

    assert got == [payload if space else payload.removeprefix(b" ") for _, payload in payloads]


def test_several_data_lines_are_one_event():
    assert Events().feed(b"data: a\ndata:b\n\n") == [b"a\nb"]


def test_an_event_without_its_end_is_none():
    assert Events().feed(b"data: a\n") == []


def test_a_mebibyte_in_small_pieces_is_read():
    events, line = Events(), b"data: " + b"x" * 1024 * 1024 + b"\n\n"
    got = [event for at in range(0, len(line), 4096) for event in events.feed(line[at : at + 4096])]

    assert [len(event) for event in got] == [1024 * 1024]


@pytest.mark.parametrize("filler", [b"x" * 65536, b"data: " + b"x" * 65536 + b"\n"])
def test_an_event_that_never_ends_is_refused(filler: bytes):
    events = Events()
    with pytest.raises(EventTooLarge):
        for _ in range(MAX_EVENT_BYTES // 65536 + 2):
            events.feed(filler)
