"""JSON out is what protobuf's own writer says; JSON in is that, and strict."""

import json

import orjson
import pytest
from google.protobuf import json_format
from maratang.game.v1 import game_pb2, turn_event_pb2

from services.chassis import errors
from services.gateway import bodies
from services.gateway.json_reader import Faults, JsonReaders
from services.gateway.json_writer import JsonWriters

SAMPLES = [
    {},
    {"aDouble": 0.1, "aFloat": 0.1, "aInt64": "-9223372036854775808", "aUint64": "18446744073709551615", "aInt32": -5, "aBool": True},
    {"aString": '가나다\n"', "aBytes": "AP8=", "manyInt64": ["1", "2"], "manyBool": [True, False], "manyBytes": ["", "AQ=="]},
    {"aDouble": "NaN", "aFloat": "-Infinity", "manyFloat": [1e-10, 3.4028234e38, 16777216.0, 1.5], "manyDouble": ["Infinity", 1e300]},
    {"colour": "GREEN", "colours": ["RED", "UNSPECIFIED"], "time": "2026-01-02T03:04:05.006Z", "wrapped": "7"},
    {"struct": {"a": [1.0, None, "x"]}, "value": "v", "child": {"child": {"aInt32": 3}}, "children": [{}, {"maybe": 0}]},
    {"counts": {"a": 1, "b": 0}, "flags": {"true": "x"}, "nested": {"3": {"aString": "y"}}, "left": "", "maybe": 0},
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_json_out_is_canonical(everything, sample):
    message = json_format.ParseDict(sample, everything())

    written = orjson.loads(JsonWriters().encode(everything.DESCRIPTOR)(message))

    assert written == json_format.MessageToDict(message, always_print_fields_with_no_presence=True)


@pytest.mark.parametrize("sample", SAMPLES)
def test_json_in_reads_what_json_out_wrote(everything, sample):
    message = json_format.ParseDict(sample, everything())
    text = JsonWriters().encode(everything.DESCRIPTOR)(message)

    # Compared as text: NaN is no equal of itself.
    assert str(read(everything, text)) == str(message)


def test_a_number_the_enum_does_not_have_is_written_as_it_is():
    event = game_pb2.Event(kind=9999)

    assert JsonWriters().of(game_pb2.Event.DESCRIPTOR)(event) == {"kind": 9999}


def test_one_field_can_be_written_alone():
    answer = game_pb2.Refusal(lines=[game_pb2.Line(text="아니오")])

    assert orjson.loads(JsonWriters().encode(game_pb2.Refusal.DESCRIPTOR, "lines")(answer)) == [{"text": "아니오"}]


def test_fields_without_presence_are_written_and_others_when_set():
    written = JsonWriters().of(turn_event_pb2.TurnEvent.DESCRIPTOR)(turn_event_pb2.TurnEvent(delta=turn_event_pb2.Delta(k=3)))

    assert written == {"id": "", "delta": {"k": 3, "text": ""}}


def read(everything, text: bytes):
    message, faults = everything(), Faults()
    JsonReaders().of(everything.DESCRIPTOR).read(message, bodies.parse(text), "", faults)
    faults.raise_if_any()
    return message


def test_names_are_taken_as_the_proto_has_them_too(everything):
    assert read(everything, b'{"a_int32": 4, "many_string": ["x"]}') == everything(a_int32=4, many_string=["x"])


def test_null_is_absence(everything):
    assert read(everything, b'{"aInt32": null, "child": null, "manyInt32": null, "maybe": null}') == everything()


@pytest.mark.parametrize(("value", "number"), [("5", 5), ("5.0", 5), ('"5"', 5), ("1e2", 100), ("-0", 0), ("-2147483648", -(2**31))])
def test_whole_numbers_have_many_forms(everything, value, number):
    assert read(everything, b'{"aInt32": %s}' % value.encode()).a_int32 == number


@pytest.mark.parametrize(
    ("text", "reason", "fields"),
    [
        ('{"aInt32": "x"}', "INVALID_ARGUMENT", ["aInt32"]),
        ('{"aInt32": 1.5}', "INVALID_ARGUMENT", ["aInt32"]),
        ('{"aInt32": true}', "INVALID_ARGUMENT", ["aInt32"]),
        ('{"aInt32": 2147483648}', "INVALID_ARGUMENT", ["aInt32"]),
        ('{"aInt32": 1e999}', "INVALID_ARGUMENT", ["aInt32"]),
        ('{"aUint64": -1}', "INVALID_ARGUMENT", ["aUint64"]),
        ('{"aInt64": "9223372036854775808"}', "INVALID_ARGUMENT", ["aInt64"]),
        ('{"aBool": "true"}', "INVALID_ARGUMENT", ["aBool"]),
        ('{"aFloat": 1e39}', "INVALID_ARGUMENT", ["aFloat"]),
        ('{"aDouble": "x"}', "INVALID_ARGUMENT", ["aDouble"]),
        ('{"aString": 1}', "INVALID_ARGUMENT", ["aString"]),
        ('{"aString": "\\ud800"}', "INVALID_ARGUMENT", ["aString"]),
        ('{"aBytes": "*"}', "INVALID_ARGUMENT", ["aBytes"]),
        ('{"colour": "BLUE"}', "INVALID_ARGUMENT", ["colour"]),
        ('{"colour": 9}', "INVALID_ARGUMENT", ["colour"]),
        ('{"colour": true}', "INVALID_ARGUMENT", ["colour"]),
        ('{"time": "yesterday"}', "INVALID_ARGUMENT", ["time"]),
        ('{"time": 5}', "INVALID_ARGUMENT", ["time"]),
        ('{"wrapped": "x"}', "INVALID_ARGUMENT", ["wrapped"]),
        ('{"struct": []}', "INVALID_ARGUMENT", ["struct"]),
        ('{"child": []}', "INVALID_ARGUMENT", ["child"]),
        ('{"child": {"child": {"aBool": 1}}}', "INVALID_ARGUMENT", ["child.child.aBool"]),
        ('{"children": {}}', "INVALID_ARGUMENT", ["children"]),
        ('{"children": [{}, {"aBool": 1}, null]}', "INVALID_ARGUMENT", ["children[1].aBool", "children[2]"]),
        ('{"manyInt32": [1, null, "x"]}', "INVALID_ARGUMENT", ["manyInt32[1]", "manyInt32[2]"]),
        ('{"manyInt32": 1}', "INVALID_ARGUMENT", ["manyInt32"]),
        ('{"counts": {"a": "x"}}', "INVALID_ARGUMENT", ["counts.a"]),
        ('{"counts": []}', "INVALID_ARGUMENT", ["counts"]),
        ('{"flags": {"maybe": "x"}}', "INVALID_ARGUMENT", ["flags"]),
        ('{"left": "a", "right": "b"}', "INVALID_ARGUMENT", ["right"]),
        ('{"aInt32": 1, "aInt32": 2}', "INVALID_ARGUMENT", ["aInt32"]),
        ('{"aInt32": 1, "a_int32": 2}', "INVALID_ARGUMENT", ["a_int32"]),
        ('{"child": {"aInt32": 1, "aInt32": 1}}', "INVALID_ARGUMENT", ["child.aInt32"]),
        ('{"unknown": 1, "child": {"other": 2}}', "UNKNOWN_FIELD", ["unknown", "child.other"]),
        ('{"unknown": 1, "aBool": 2}', "INVALID_ARGUMENT", ["unknown", "aBool"]),
        ('{"aString": "a\\u0000b"}', "MALFORMED_JSON", ["aString"]),
        ("[]", "INVALID_ARGUMENT", ["body"]),
        ("null", "INVALID_ARGUMENT", ["body"]),
        ('"text"', "INVALID_ARGUMENT", ["body"]),
    ],
)
def test_what_is_wrong_is_named(everything, text, reason, fields):
    with pytest.raises(errors.Invalid) as caught:
        read(everything, text.encode())

    assert (caught.value.reason, [one.field for one in caught.value.violations]) == (reason, fields)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"{'a': 1}",
        b'{"a": 1}x',
        b"\xef\xbb\xbf{}",
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": 1}\0',
        b'{"a": NaN}',
        b'{"\\ud800": 1}',
        b'{"a": -Infinity}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' + b"[" * 32 + b"]" * 32 + b"}",
        b"[" * 16000,
        b'{"a":' * 3000,
    ],
)
def test_what_is_not_json_is_malformed(body):
    with pytest.raises(errors.Invalid) as caught:
        bodies.parse(body)

    assert caught.value.reason == "MALFORMED_JSON"


@pytest.mark.parametrize("value", ["[" * 100, '\\"[{' * 20, [[[]]] * 40, {str(n): {} for n in range(100)}])
def test_width_and_brackets_in_texts_are_no_depth(value):
    assert bodies.parse(json.dumps({"a": value}).encode()) == {"a": value}


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json"},
        {"content-type": "Application/JSON; charset=UTF-8"},
        {"content-type": 'application/json;charset="utf-8"', "content-encoding": "identity"},
    ],
)
def test_plain_json_is_taken(headers):
    bodies.require_json(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json; charset=euc-kr"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "text/json"},
        {},
    ],
)
def test_nothing_else_is_taken(headers):
    with pytest.raises(errors.Invalid) as caught:
        bodies.require_json(headers)

    assert caught.value.reason == "UNSUPPORTED_MEDIA_TYPE"


def test_only_so_many_faults_are_named(everything):
    with pytest.raises(errors.Invalid) as caught:
        read(everything, json.dumps({f"{'x' * 500}{number}": 1 for number in range(100)}).encode())

    assert len(caught.value.violations) == 16
    assert caught.value.message.endswith("; and 84 more")
    assert len(caught.value.message) < 3000
