"""JSON → shapes: what is absent has the zero of its type, as proto3 means it; what is of another type is an error."""

import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
_ZEROS: dict[type, object] = {str: "", int: 0, bool: False}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal would obey instead of showing it."""


class Misread(Exception):  # noqa: N818  named for what happened
    """The JSON is of another shape than the contract's."""


def read(kind: type[T], found: object) -> T:
    """The shape that a JSON object holds. Texts come without control characters; fields that the shape lacks are passed over.

    Raises Misread.
    """
    if not isinstance(found, Mapping):
        raise Misread(f"{kind.__name__} is {type(found).__name__}, no object")
    return kind(**{name: _value(hint, found.get(key)) for name, key, hint in _fields(kind)})  # type: ignore[arg-type]  # kinds are hashable


def _value(hint: Any, found: object) -> object:  # Any: a type as it was annotated
    origin = get_origin(hint)
    if origin is types.UnionType:
        return None if found is None else _value(get_args(hint)[0], found)
    if origin is tuple:
        if not isinstance(found, list | None):
            raise Misread(f"{type(found).__name__} is no list")
        return tuple(_value(get_args(hint)[0], one) for one in found or ())
    if is_dataclass(hint):
        return read(hint, {} if found is None else found)  # type: ignore[arg-type]  # a hint is a class, never an instance
    if isinstance(origin, type):  # a command: kept as it is
        if not isinstance(found, origin):
            raise Misread(f"{type(found).__name__} is no object")
        return found
    if found is None:
        return _ZEROS[hint]
    if type(found) is not hint:
        raise Misread(f"{type(found).__name__} is no {hint.__name__}")
    return _CONTROL.sub("", found) if isinstance(found, str) else found


@cache
def _fields(kind: type) -> tuple[tuple[str, str, Any], ...]:  # Any: types as they were annotated
    hints = get_type_hints(kind)
    return tuple((field.name, _camel(field.name), hints[field.name]) for field in fields(kind))


def _camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(part.capitalize() for part in more)
