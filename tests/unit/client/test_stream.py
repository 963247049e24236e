"""Which events of a stream are new, and what is asked for when it breaks."""

import pytest

from maratang_client.calls import Call
from maratang_client.failures import Foreign, Unreachable
from maratang_client.problems import GameBusy, TurnNotFound
from maratang_client.shapes import ChronicleEvent, Delta, Paragraph, TurnEvent
from maratang_client.sse import ServerSent
from maratang_client.stream import Stream

TAKE = Call(answer=TurnEvent, method="POST", path="/turns:stream", body={"text": "x"}, key="k", watched_at="/turns/{turn}:watch")


def sent(event_id: str, name: str = "delta", data: str = '{"text": "x"}') -> ServerSent:
    return ServerSent(id=event_id, name=name, data=data)


def test_a_turn_is_taken_once_and_read_on_by_watching_it():
    stream = Stream(TAKE)

    assert stream.call is TAKE
    assert stream.received(sent("8-9")) == TurnEvent(id="8-9", event=Delta(text="x"))
    assert (stream.call.method, stream.call.path, stream.call.after) == ("GET", "/turns/8:watch", "8-9")
    assert stream.received(sent("8-10")) is not None, "ids are numbers, not texts"
    assert stream.received(sent("8-9")) is None
    assert stream.call.after == "8-10"


def test_a_turn_that_is_not_there_to_watch_is_asked_for_again_under_its_key():
    stream = Stream(TAKE)
    assert not stream.goes_on(TurnNotFound(status=404, reason="TURN_NOT_FOUND")), "the first answer stands"
    stream.received(sent("8-1"))

    assert not stream.goes_on(GameBusy(status=409, reason="GAME_BUSY"))
    assert stream.goes_on(TurnNotFound(status=404, reason="TURN_NOT_FOUND"))
    assert stream.call is TAKE
    assert stream.received(sent("8-1")) is None
    assert stream.received(sent("8-2")) is not None


def test_a_chronicle_is_read_on_after_its_last_event():
    watch = Call(answer=ChronicleEvent, method="GET", path="/chronicle:watch", after="2")
    stream = Stream(watch)

    assert stream.received(sent("2", "paragraph", "{}")) is None
    assert stream.received(sent("3", "paragraph", '{"text": "그 밤."}')) == ChronicleEvent(id="3", event=Paragraph(text="그 밤."))
    assert (stream.call.path, stream.call.after) == ("/chronicle:watch", "3")
    assert stream.received(sent("10", "done", "{}")) is not None
    assert stream.done
    stream.ended()


def test_a_stream_that_ends_without_its_last_event_was_cut():
    with pytest.raises(Unreachable):
        Stream(TAKE).ended()


def test_what_is_said_otherwise_than_agreed_is_foreign():
    for data in ("no JSON", '{"text": 5}'):
        with pytest.raises(Foreign):
            Stream(TAKE).received(sent("8-1", data=data))
