"""Message types as JSON schemas: of answers, which have every field, and of requests, which have none they needn't."""

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

Schema: TypeAlias = dict[str, Any]  # Any: what JSON holds
_REF = "#/components/schemas/"
_WELL_KNOWN: dict[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$"},
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.Value": {},
    "google.protobuf.ListValue": {"type": "array"},
    "google.protobuf.Any": {"type": "object", "required": ["@type"], "properties": {"@type": {"type": "string"}}},
    "google.protobuf.Empty": {"type": "object"},
}
_SCALARS: dict[int, Schema] = {
    FieldDescriptor.CPPTYPE_INT32: {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
    FieldDescriptor.CPPTYPE_UINT32: {"type": "integer", "format": "uint32", "minimum": 0, "maximum": 2**32 - 1},
    FieldDescriptor.CPPTYPE_INT64: {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"},
    FieldDescriptor.CPPTYPE_UINT64: {"type": "string", "format": "uint64", "pattern": "^[0-9]+$"},
    FieldDescriptor.CPPTYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.CPPTYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.CPPTYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.CPPTYPE_STRING: {"type": "string"},
}


class Schemas:
    """Collects the schemas that are referred to."""

    def __init__(self, comments: Mapping[str, str]) -> None:
        self._comments = comments
        self.components: dict[str, Schema] = {}

    def of(self, message: Descriptor, *, asked: bool = False) -> Schema:
        """A reference to a message's schema; `asked`: as part of a request."""
        known = _WELL_KNOWN.get(message.full_name)
        if known is not None:
            return dict(known)
        if message.full_name.startswith("google.protobuf.") and message.name.endswith("Value"):
            return self.field(message.fields_by_name["value"], asked=asked)
        name = _name(message) + ("Input" if asked else "")
        if name not in self.components:
            self.components[name] = {}  # a type may hold itself
            self.components[name] = self.object(message, asked=asked)
        return {"$ref": _REF + name}

    def object(self, message: Descriptor, *, asked: bool, without: Collection[str] = ()) -> Schema:
        """A message's schema itself, without some of its fields (by proto name)."""
        fields = [one for one in message.fields if one.name not in without]
        schema: Schema = {"type": "object", "properties": {one.json_name: self.described(one, asked=asked) for one in fields}}
        if text := self._comments.get(message.full_name):
            schema["description"] = text
        if asked:
            schema["additionalProperties"] = False
            excluding = [
                {"not": {"required": [first.json_name, second.json_name]}}
                for group in message.oneofs
                for at, first in enumerate(group.fields)
                for second in group.fields[at + 1 :]
            ]
            if excluding:
                schema["allOf"] = excluding
        elif required := [one.json_name for one in fields if not one.has_presence]:
            schema["required"] = required
        return schema

    def described(self, field: FieldDescriptor, *, asked: bool) -> Schema:
        """A field's schema with its comment, and its values' where they are named."""
        schema = self.field(field, asked=asked)
        text = self._comments.get(field.full_name, "")
        if field.enum_type is not None:
            text = f"{text} {self._values(field.enum_type)}".strip()
        return {**schema, "description": text} if text else schema

    def field(self, field: FieldDescriptor, *, asked: bool) -> Schema:
        """A field's schema: an array's, if it is repeated."""
        message = field.message_type
        if message is not None and message.GetOptions().map_entry:
            return {"type": "object", "additionalProperties": self.field(message.fields_by_name["value"], asked=asked)}
        one = self._single(field, asked=asked)
        return {"type": "array", "items": one} if field.is_repeated else one

    def _single(self, field: FieldDescriptor, *, asked: bool) -> Schema:
        if field.message_type is not None:
            return self.of(field.message_type, asked=asked)
        if field.enum_type is not None:
            return {"type": "string", "enum": [value.name for value in field.enum_type.values]}
        if field.type == FieldDescriptor.TYPE_BYTES:
            return {"type": "string", "contentEncoding": "base64"}
        return dict(_SCALARS[field.cpp_type])

    def _values(self, enum: EnumDescriptor) -> str:
        said = ((value.name, self._comments.get(f"{enum.full_name}.{value.name}", "")) for value in enum.values)
        return " ".join(f"`{name}`: {text}" for name, text in said if text)


def _name(message: Descriptor) -> str:
    outer = message.containing_type
    return f"{_name(outer)}.{message.name}" if outer is not None else str(message.name)
