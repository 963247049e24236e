"""Messages of any type with anything in them, by a seed."""

import random
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.message import Message

_DEPTH = 3
_TEXTS = ("", "a", "문이 열린다.\n", '"\\/', "null", "1e3", "é\u2028\U0001f511", "x" * 70)
_WHOLE = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), -1, 0, 1, 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), -1, 0, 2**53 + 1, 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 1, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**53 + 1, 2**64 - 1),
}
_REAL = (0.0, -0.0, 1.0, 0.1, -1.5, 1e10, 1e-10, 3.3999999521443642e38, float("inf"), float("-inf"))
_DOUBLE = (*_REAL, 1e300, 5e-324, 123456789.123456789)
_PATHS = ("display_name", "a.b_c", "x")


def types_of(files: Iterator[FileDescriptor]) -> list[Descriptor]:
    """Every message type of these files, nested ones too, but for the entries of maps."""
    found: list[Descriptor] = []
    waiting = [one for file in files for one in file.message_types_by_name.values()]
    while waiting:
        one = waiting.pop()
        if not one.GetOptions().map_entry:
            found.append(one)
        waiting.extend(one.nested_types)
    return sorted(found, key=lambda one: one.full_name)


def fill(message: Message, seed: int) -> Message:
    """Sets some of the message's fields, and of theirs."""
    _fill(message, random.Random(seed), _DEPTH)
    return message


def _fill(message: Any, chance: random.Random, depth: int) -> None:  # Any: of every type
    name = message.DESCRIPTOR.full_name
    if name.startswith("google.protobuf.") and _special(message, name.rpartition(".")[2], chance, depth):
        return
    for field in message.DESCRIPTOR.fields:
        if chance.random() < 0.4 or (field.message_type is not None and not depth):
            continue
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            _fill_map(getattr(message, field.name), field.message_type, chance, depth)
        elif field.message_type is None:
            if field.is_repeated:
                getattr(message, field.name).extend(_scalar(field, chance) for _ in range(chance.randrange(4)))
            else:
                setattr(message, field.name, _scalar(field, chance))
        elif field.is_repeated:
            for _ in range(chance.randrange(3)):
                _fill(getattr(message, field.name).add(), chance, depth - 1)
        else:
            getattr(message, field.name).SetInParent()
            _fill(getattr(message, field.name), chance, depth - 1)


def _fill_map(target: Any, entry: Descriptor, chance: random.Random, depth: int) -> None:  # Any: a map of any types
    value = entry.fields_by_name["value"]
    for _ in range(chance.randrange(3)):
        key = _scalar(entry.fields_by_name["key"], chance)
        if value.message_type is None:
            target[key] = _scalar(value, chance)
        else:
            _fill(target[key], chance, depth - 1)


def _special(message: Any, kind: str, chance: random.Random, depth: int) -> bool:  # Any: as _fill
    match kind:
        case "Timestamp":
            message.FromNanoseconds(chance.choice((0, 1, 1_500_000_000_000_000_000, 1_500_000_000_123_000_000, -1_000)))
        case "Duration":
            message.FromNanoseconds(chance.choice((0, 1, -1, 1_500_000_000, -90_000_000_000)))
        case "FieldMask":
            message.paths.extend(chance.sample(_PATHS, chance.randrange(3)))
        case "Any":
            return True  # what it holds must be a type that the reader can find
        case "Value":
            _fill_value(message, chance, depth)
        case _:
            return False
    return True


def _fill_value(message: Any, chance: random.Random, depth: int) -> None:  # Any: as _fill
    match chance.randrange(6 if depth else 4):
        case 0:
            message.null_value = 0
        case 1:
            message.number_value = chance.choice((0.0, 1.5, -1e9))
        case 2:
            message.string_value = chance.choice(_TEXTS)
        case 3:
            message.bool_value = chance.random() < 0.5
        case 4:
            message.list_value.SetInParent()
            for _ in range(chance.randrange(3)):
                _fill(message.list_value.values.add(), chance, depth - 1)
        case _:
            message.struct_value.SetInParent()
            for _ in range(chance.randrange(3)):
                _fill(message.struct_value.fields[chance.choice(_TEXTS)], chance, depth - 1)


def _scalar(field: FieldDescriptor, chance: random.Random) -> Any:  # Any: of the type the field has
    if field.enum_type is not None:
        return chance.choice(field.enum_type.values).number
    if field.cpp_type in _WHOLE:
        return chance.choice(_WHOLE[field.cpp_type])
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return chance.random() < 0.5
    if field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT:
        return chance.choice(_REAL)
    if field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE:
        return chance.choice(_DOUBLE)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return chance.randbytes(chance.randrange(5))
    return chance.choice(_TEXTS)
