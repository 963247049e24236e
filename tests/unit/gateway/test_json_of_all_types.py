"""JSON of every type of the contract, and of odd ones, beside protobuf's own reflection."""

import random
from typing import Any

import orjson
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import Descriptor
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis import errors
from services.gateway import bodies
from services.gateway.json_reader import Faults, JsonReaders
from services.gateway.json_writer import JsonWriters
from services.gateway.pages import contract
from tests.support.any_message import fill, types_of
from tests.support.odd import odd

FILES = descriptor_pb2.FileDescriptorSet.FromString(contract()).file
POOL = descriptor_pool.DescriptorPool()
for one in FILES:
    POOL.Add(one)
OURS = types_of(POOL.FindFileByName(one.name) for one in FILES if one.name.startswith("maratang/"))
TYPES = [*OURS, *([odd().everything.DESCRIPTOR] * 30)]
READERS, WRITERS = JsonReaders(), JsonWriters()
SEEDS = st.integers(0, 2**32)
MADE_UP = {"unknownField": 1, "aInt32": "x", "turn": 1.5, "colour": "BLUE", "time": "noon", "text": 5, "children": {}, "status": []}


def made(descriptor: Descriptor, seed: int):
    return fill(message_factory.GetMessageClass(descriptor)(), seed)


def read(descriptor: Descriptor, text: bytes):
    message, faults = message_factory.GetMessageClass(descriptor)(), Faults()
    READERS.of(descriptor).read(message, bodies.parse(text), "", faults)
    faults.raise_if_any()
    return message


def spelt(value: Any, descriptor: Descriptor, chance: random.Random) -> Any:
    """The same message in other words: proto names, whole numbers as texts or fractions, enums by number, absence as null."""
    if not isinstance(value, dict) or descriptor.full_name.startswith("google.protobuf."):
        return value
    again = {}
    for field in descriptor.fields:
        if field.json_name not in value:
            if (
                field.containing_oneof is None
                and field.message_type is not None
                and field.message_type.full_name != "google.protobuf.Value"
            ):
                again[field.json_name] = None
            continue
        one = value[field.json_name]
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            one = [spelt(each, field.message_type, chance) for each in one] if field.is_repeated else spelt(one, field.message_type, chance)
        elif type(one) is int:
            one = chance.choice((one, float(one), str(one)))
        elif field.enum_type is not None and isinstance(one, str):
            one = chance.choice((one, field.enum_type.values_by_name[one].number))
        again[chance.choice((field.name, field.json_name))] = one
    return again


def test_there_are_many_types():
    assert len(OURS) > 150


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TYPES), SEEDS)
def test_what_is_written_is_what_reflection_writes_and_reads_back(descriptor, seed):
    message = made(descriptor, seed)

    text = WRITERS.encode(descriptor)(message)

    said = orjson.loads(text)
    assert said == json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
    assert read(descriptor, text) == message
    assert json_format.Parse(text, type(message)()) == message


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TYPES), SEEDS)
def test_a_message_in_other_words_is_the_same_message(descriptor, seed):
    message = made(descriptor, seed)
    again = spelt(json_format.MessageToDict(message), descriptor, random.Random(seed))

    assert read(descriptor, orjson.dumps(again)) == message


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(TYPES), SEEDS, st.dictionaries(st.sampled_from(sorted(MADE_UP)), st.none(), min_size=1))
def test_what_reflection_refuses_is_refused(descriptor, seed, wrong):
    message = made(descriptor, seed)
    said = json_format.MessageToDict(message) | {name: MADE_UP[name] for name in wrong}
    text = orjson.dumps(said)
    try:
        known = json_format.Parse(text, type(message)())
    except json_format.ParseError:
        known = None

    try:
        ours = read(descriptor, text)
    except errors.Invalid:
        ours = None

    # Stricter it may be, as the documentation of the interface says; never laxer, and never different.
    assert ours is None or ours == known
