"""Messages as server-sent events and as JSON lines."""

import json
from datetime import timedelta

import pytest
from maratang.game.v1 import game_pb2, turn_event_pb2

from services.chassis import errors
from services.gateway import problems
from services.gateway.json_writer import JsonWriters
from services.gateway.streams import Framings, LineFraming, SseFraming, event_group

EVENT = turn_event_pb2.TurnEvent(id="7-3", delta=turn_event_pb2.Delta(k=3, text="첫 줄\n둘째 줄"))
BUSY = problems.of_failure(errors.Conflict("GAME_BUSY", "wait", retry_after=timedelta(milliseconds=250)))


@pytest.fixture
def framings() -> Framings:
    descriptor = turn_event_pb2.TurnEvent.DESCRIPTOR
    return Framings(sse=SseFraming(descriptor, JsonWriters()), lines=LineFraming(descriptor, JsonWriters()))


def test_an_event_has_the_name_of_its_set_field(framings):
    assert framings.sse.message(EVENT).decode() == 'id: 7-3\nevent: delta\ndata: {"k":3,"text":"첫 줄\\n둘째 줄"}\n\n'


def test_an_event_with_nothing_set_is_a_message(framings):
    assert framings.sse.message(turn_event_pb2.TurnEvent()) == b'event: message\ndata: {"id":""}\n\n'


def test_a_message_without_a_oneof_is_a_message_whole():
    assert SseFraming(game_pb2.Line.DESCRIPTOR, JsonWriters()).message(game_pb2.Line(text="x")) == b'event: message\ndata: {"text":"x"}\n\n'


def test_a_failure_is_the_event_error_with_a_hint(framings):
    lines = framings.sse.failure(BUSY, "r").decode().splitlines()

    assert lines[:2] == ["retry: 250", "event: error"]
    assert json.loads(lines[2].removeprefix("data: "))["reason"] == "GAME_BUSY"
    assert lines[3:] == [""]


def test_a_line_is_the_whole_message(framings):
    assert framings.lines.message(EVENT).decode() == '{"id":"7-3","delta":{"k":3,"text":"첫 줄\\n둘째 줄"}}\n'
    assert json.loads(framings.lines.failure(BUSY, "r"))["error"]["status"] == 409


@pytest.mark.parametrize(
    ("accept", "lines"),
    [
        ("", False),
        ("*/*", False),
        ("text/event-stream", False),
        ("application/json", False),
        ("application/x-ndjson", True),
        ("application/ndjson", True),
        ("Application/X-NDJSON; charset=utf-8", True),
        ("text/event-stream, application/x-ndjson", False),
        ("text/event-stream;q=0.5, application/x-ndjson;q=0.9", True),
        ("application/x-ndjson;q=0", False),
        ("application/x-ndjson;q=broken", False),
    ],
)
def test_the_caller_chooses(framings, accept, lines):
    assert isinstance(framings.accepted(accept), LineFraming) == lines


def test_only_a_single_oneof_says_the_event_and_only_where_nothing_else_is_said(everything):
    assert event_group(turn_event_pb2.TurnEvent.DESCRIPTOR).name == "event"
    assert event_group(game_pb2.Event.DESCRIPTOR) is None
    assert event_group(everything.DESCRIPTOR) is None


@pytest.mark.parametrize("broken", ["7-3\ndata: {}", "7\r3"])
def test_an_id_is_no_way_into_the_stream(framings, broken):
    event = turn_event_pb2.TurnEvent(id=broken, delta=turn_event_pb2.Delta(k=3))

    assert framings.sse.message(event).startswith(b"event: delta\ndata: ")
