"""Messages to canonical proto3 JSON: a writer per message type, made once."""

import base64
import math
import struct
from collections.abc import Callable
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from services.gateway.problems import dumps
from services.gateway.well_known import NULL, SPECIAL, write_special

Writer: TypeAlias = Callable[[Message], object]
"""A message's JSON as plain values: dicts, lists, texts, numbers."""
_Convert: TypeAlias = Callable[[Any], object]  # Any: a field's value, of whatever type the field has


class JsonWriters:
    """Makes and keeps the writers. Fields without presence are always written, others when they are set; names are lowerCamelCase."""

    def __init__(self) -> None:
        self._writers: dict[str, Writer] = {}

    def of(self, descriptor: Descriptor) -> Writer:
        """The writer of a message type."""
        name = descriptor.full_name
        known = self._writers.get(name)
        if known is None:
            known = self._special(descriptor) or self._object(descriptor)
        return known

    def encode(self, descriptor: Descriptor, field: str = "") -> Callable[[Message], bytes]:
        """What makes a message of this type, or this one field of it, a JSON text in UTF-8."""
        if field:
            write_field = self._whole(descriptor.fields_by_name[field]) or (lambda value: value)
            return lambda message: dumps(write_field(getattr(message, field)))
        write = self.of(descriptor)
        return lambda message: dumps(write(message))

    def field(self, field: FieldDescriptor) -> _Convert:
        """What makes a value of this field (one element, if it is repeated) its JSON."""
        return self._convert(field) or (lambda value: value)

    def _special(self, descriptor: Descriptor) -> Writer | None:
        if descriptor.full_name not in SPECIAL:
            return None
        value = descriptor.fields_by_name.get("value")
        return write_special(descriptor, self.field(value) if value is not None else str)

    def _object(self, descriptor: Descriptor) -> Writer:
        fields: list[tuple[str, str, bool, _Convert | None]] = []

        def write(message: Message) -> object:
            written: dict[str, object] = {}
            for name, json_name, optional, convert in fields:
                if optional and not message.HasField(name):
                    continue
                value = getattr(message, name)
                written[json_name] = value if convert is None else convert(value)
            return written

        # Known before its fields are: a type may hold itself.
        self._writers[descriptor.full_name] = write
        fields.extend((field.name, field.json_name, field.has_presence, self._whole(field)) for field in descriptor.fields)
        return write

    def _whole(self, field: FieldDescriptor) -> _Convert | None:
        """For the whole value of a field, repeated or not; None: it is its own JSON."""
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            return self._map(field.message_type)
        return _each(self._convert(field)) if field.is_repeated else self._convert(field)

    def _map(self, entry: Descriptor) -> _Convert:
        convert = self.field(entry.fields_by_name["value"])
        return lambda values: {_key(key): convert(value) for key, value in values.items()}

    def _convert(self, field: FieldDescriptor) -> _Convert | None:
        """None: the value is its own JSON."""
        if field.message_type is not None:
            return self.of(field.message_type)
        if field.enum_type is not None:
            if field.enum_type.full_name in NULL:
                return lambda _: None
            names = {value.number: value.name for value in reversed(field.enum_type.values)}
            return lambda number: names.get(number, number)
        if field.type == FieldDescriptor.TYPE_BYTES:
            return lambda value: base64.b64encode(value).decode()
        return _NUMBERS.get(field.cpp_type)


def _each(convert: _Convert | None) -> _Convert:
    if convert is None:
        return list
    return lambda values: [convert(value) for value in values]


def _key(key: str | int | bool) -> str:  # noqa: FBT001  a map's key may be one
    return ("false", "true")[key] if isinstance(key, bool) else str(key)


def _double(value: float) -> object:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _single(value: float) -> object:
    if not math.isfinite(value):
        return _double(value)
    # The shortest decimal that is the same float: as a double it would show digits that nobody sent.
    for digits in range(6, 10):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return value


_NUMBERS: dict[int, _Convert] = {
    # JSON's numbers are doubles: what is longer goes as text.
    FieldDescriptor.CPPTYPE_INT64: str,
    FieldDescriptor.CPPTYPE_UINT64: str,
    FieldDescriptor.CPPTYPE_FLOAT: _single,
    FieldDescriptor.CPPTYPE_DOUBLE: _double,
}
