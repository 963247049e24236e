"""A stream's events become text, an ending, or a fault."""

import json

import pytest

from services.llm_proxy.chunks import Reading
from services.llm_proxy.faults import Fault
from services.llm_proxy.generation import Ending


def chunk(text: str | None = None, *, finish: str | None = None, model: str | None = "m", **delta: str) -> bytes:
    said = {"content": text} if text is not None else {}
    document = {"choices": [{"index": 0, "delta": said | delta, "finish_reason": finish}]} | ({"model": model} if model else {})
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


def reading() -> Reading:
    return Reading("m", must_name=False)


def test_a_whole_stream_in_one_read_is_joined():
    one = reading()

    assert one.feed(chunk("문이 ") + chunk("열린다") + chunk("", finish="stop") + b"data: [DONE]\n\n") == "문이 열린다"
    assert one.done
    assert one.ending() == Ending(model="m", finish_reason="stop", prompt_tokens=0, completion_tokens=0)


def test_a_character_split_between_reads_is_whole():
    data, one = chunk("문"), reading()
    at = data.index("문".encode()) + 1

    assert one.feed(data[:at]) + one.feed(data[at:]) == "문"


def test_usage_is_counted():
    one = reading()
    one.feed(chunk("a", finish="length") + b'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":9}}\n\n')

    assert one.ending() == Ending(model="m", finish_reason="length", prompt_tokens=5, completion_tokens=9)


@pytest.mark.parametrize(
    ("received", "heard"),
    [
        (b": keep-alive\n\n", False),
        (chunk(role="assistant"), False),
        (chunk("", role="assistant"), False),
        (chunk("a"), True),
        (chunk(""), True),
        (chunk(reasoning_content="hm"), True),
        (chunk("", finish="stop"), True),
        (b'data: {"choices":[],"usage":null}\n\n', False),
    ],
)
def test_only_tokens_show_life(received: bytes, heard: bool):
    one = reading()
    one.feed(received)

    assert one.heard is heard


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        (b"data: {not json\n\n", "BACKEND_PROTOCOL_ERROR"),
        (b"data: 7\n\n", "BACKEND_PROTOCOL_ERROR"),
        (b"data: {}\n\n", "BACKEND_PROTOCOL_ERROR"),
        (b'data: {"choices":[{"delta":{"content":7}}]}\n\n', "BACKEND_PROTOCOL_ERROR"),
        (b'data: {"error":"engine died"}\n\n', "BACKEND_PROTOCOL_ERROR"),
        (b'data: {"error":{"message":"dead","code":500}}\n\n', "BACKEND_PROTOCOL_ERROR"),
        (b'data: {"error":{"message":"busy","code":503}}\n\n', "BACKEND_OVERLOADED"),
        (b'data: {"error":{"message":"maximum context length is 9","code":400}}\n\n', "CONTEXT_LENGTH_EXCEEDED"),
        (chunk("a", model="other"), "WRONG_MODEL"),
        (chunk("a", finish="abort"), "STREAM_TRUNCATED"),
    ],
)
def test_what_is_no_text_of_the_model_is_a_fault(received: bytes, reason: str):
    with pytest.raises(Fault) as caught:
        reading().feed(received)

    assert caught.value.reason == reason


def test_done_without_a_finish_reason_is_truncated():
    one = reading()
    one.feed(chunk("a") + b"data: [DONE]\n\n")

    with pytest.raises(Fault) as caught:
        one.ending()
    assert caught.value.reason == "STREAM_TRUNCATED"


def test_an_adapter_must_name_itself():
    with pytest.raises(Fault) as caught:
        Reading("m", must_name=True).feed(chunk("a", model=None))
    assert caught.value.reason == "WRONG_MODEL"

    assert reading().feed(chunk("a", model=None)) == "a"
