"""Message types as JSON schemas: of answers, which have every field, and of requests, which have none they needn't."""

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor

from services.gateway import bounds

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
        fields = [one for one in message.fields if one.name not in without and not (asked and self._is_elsewhere(one))]
        schema: Schema = {"type": "object", "properties": {one.json_name: self._property(one, asked=asked) for one in fields}}
        if text := self._comments.get(message.full_name):
            schema["description"] = text
        if asked:
            schema["additionalProperties"] = False
            if needed := [one.json_name for one in fields if self._is_required(one)]:
                schema["required"] = needed
            choices = [self._choice(group) for group in message.oneofs if len(group.fields) > 1]
            if choices:
                schema["allOf"] = choices
        elif required := [one.json_name for one in fields if not one.has_presence]:
            schema["required"] = required
        return schema

    def _property(self, field: FieldDescriptor, *, asked: bool) -> Schema:
        schema = self.described(field, asked=asked)
        chosen = field.containing_oneof is not None and len(field.containing_oneof.fields) > 1
        # In JSON, null is absence.
        return schema if not asked or chosen or self._is_required(field) else _nullable(schema)

    def _choice(self, group: OneofDescriptor) -> Schema:
        """Of a oneof, one field at most; exactly one, where it is required."""
        names = [one.json_name for one in group.fields]
        if bounds.required(self._comments.get(f"{group.containing_type.full_name}.{group.name}", "")):
            return {"oneOf": [{"required": [one]} for one in names]}
        return {"not": {"anyOf": [{"required": list(two)} for two in combinations(names, 2)]}}

    def _is_required(self, field: FieldDescriptor) -> bool:
        return bounds.required(self._comments.get(field.full_name, ""))

    def _is_elsewhere(self, field: FieldDescriptor) -> bool:
        return field.name == "request_id" or bounds.elsewhere(self._comments.get(field.full_name, ""))

    def described(self, field: FieldDescriptor, *, asked: bool) -> Schema:
        """A field's schema with its comment, and its values' where they are named."""
        schema = self.field(field, asked=asked)
        text = self._comments.get(field.full_name, "")
        if asked:
            schema = bounds.bounded(field, schema, text)
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
            return self._enum(field.enum_type, asked=asked)
        if field.type == FieldDescriptor.TYPE_BYTES:
            return {"type": "string", "contentEncoding": "base64"}
        return dict(_SCALARS[field.cpp_type])

    def _enum(self, enum: EnumDescriptor, *, asked: bool) -> Schema:
        if not asked:
            return {"type": "string", "enum": [value.name for value in enum.values]}
        taken = [one for one in enum.values if "refused" not in self._comments.get(f"{enum.full_name}.{one.name}", "")]
        # A value's number is taken as well as its name.
        return {"type": ["string", "integer"], "enum": [*(one.name for one in taken), *(one.number for one in taken)]}

    def _values(self, enum: EnumDescriptor) -> str:
        said = ((value.name, self._comments.get(f"{enum.full_name}.{value.name}", "")) for value in enum.values)
        return " ".join(f"`{name}`: {text}" for name, text in said if text)


def _nullable(schema: Schema) -> Schema:
    if "$ref" in schema:
        said = {"description": schema["description"]} if "description" in schema else {}
        return {"anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}], **said}
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"], **({"enum": [*schema["enum"], None]} if "enum" in schema else {})}


def _name(message: Descriptor) -> str:
    outer = message.containing_type
    return f"{_name(outer)}.{message.name}" if outer is not None else str(message.name)
