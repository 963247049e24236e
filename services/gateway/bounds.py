"""What a field's comment says of what may be asked, as JSON schema. Schemathesis holds the services to it."""

import re
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

Schema = dict[str, Any]  # Any: what JSON holds
_AT_MOST_CHARACTERS = re.compile(r"at most (\d+) characters")
_CHARACTERS = re.compile(r"(\d+) to (\d+) characters")
_NUMBERS = re.compile(r"(\d+) to (\d+)\b(?! characters)")
_AT_MOST = re.compile(r"at most (\d+)\b(?! characters)")
_EITHER = re.compile(r'^"(\w+)" or "(\w+)"')
_CHANGEABLE = re.compile(r"`(\w+)`(?=.* can be changed)")


def required(said: str) -> bool:
    """Whether absence is refused."""
    return re.search(r"\brequired\b", said) is not None


def lackable(said: str) -> bool:
    """Whether the zero of its type stands for absence."""
    return re.search(r"\babsent\b", said, re.IGNORECASE) is not None


def elsewhere(said: str) -> bool:
    """Whether HTTP has another place for it: a header, or what the body has anyway."""
    return "HTTP:" in said


def changeable(said: str) -> tuple[str, ...]:
    """Of a resource that is changed, the JSON names of the fields that can be; empty: all."""
    return tuple(_CHANGEABLE.findall(said))


def bounded(field: FieldDescriptor, schema: Schema, said: str) -> Schema:
    """The schema of a field that is asked, within its bounds."""
    if field.is_repeated:
        found = _AT_MOST.search(said)
        return {**schema, "items": {**schema["items"], **_of_text(said)}, **({"maxItems": int(found[1])} if found else {})}
    if field.enum_type is not None or field.message_type is not None:
        return schema
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return {**schema, **_of_text(said)}
    if field.cpp_type == FieldDescriptor.CPPTYPE_INT32:
        return {**schema, **_of_number(said)}
    return schema


def _of_text(said: str) -> Schema:
    if either := _EITHER.search(said):
        return {"enum": [*either.groups(), *([""] if lackable(said) else [])]}
    if between := _CHARACTERS.search(said):
        # What is nothing but spaces says nothing.
        return {"minLength": int(between[1]), "maxLength": int(between[2]), "pattern": r"\S"}
    if most := _AT_MOST_CHARACTERS.search(said):
        return {"maxLength": int(most[1]), **({"minLength": 1} if required(said) else {})}
    return {}


def _of_number(said: str) -> Schema:
    """Numbers here count: none is negative."""
    between = _NUMBERS.search(said)
    if between is None:
        return {"minimum": 0}
    return {"minimum": 0 if lackable(said) else int(between[1]), "maximum": int(between[2])}
