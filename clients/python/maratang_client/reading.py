"""JSON ⇄ shapes: what is absent has its default, what is new is passed over, what is of another type is an error."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[object], object]
MORE = "more"
"""The field of what came with a shape and is new: it goes back as it came."""


class Misread(Exception):  # noqa: N818  named for what happened
    """The JSON is of another shape than the contract's."""


def read(kind: type[T], found: object) -> T:
    """The shape that a JSON object holds. Raises Misread."""
    return cast("T", _reader(cast("Any", kind))(found))  # Any: classes are hashable, whatever they are


def written(shape: object) -> object:
    """A shape as JSON values, without what has its default."""
    if isinstance(shape, Enum):
        return shape.value
    if isinstance(shape, tuple):
        return [written(one) for one in shape]
    if not is_dataclass(shape):
        return shape
    said: dict[str, object] = {}
    for field in fields(shape):
        value = getattr(shape, field.name)
        if field.name == MORE:
            said |= value
        elif value != field.default:
            said[camel(field.name)] = written(value)
    return said


def camel(name: str) -> str:
    """A field's name in JSON."""
    first, *more = name.split("_")
    return first + "".join(part.capitalize() for part in more)


def event_kinds(kind: type) -> Mapping[str, type]:
    """The shapes of a stream's events by their names; empty: the shape is no stream's."""
    return getattr(kind, "KINDS", {})


@cache
def _reader(hint: Any) -> Reader:  # Any: a type as it was annotated
    origin = get_origin(hint)
    if origin is types.UnionType:
        return _optional(get_args(hint)[0])
    if origin is tuple:
        return _list(get_args(hint)[0])
    if is_dataclass(hint):
        return _shape(cast("type", hint))
    if hint is datetime:
        return _time
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    return _plain(hint)


def _optional(hint: Any) -> Reader:  # Any: as _reader
    inner = _reader(hint)
    return lambda found: None if found is None else inner(found)


def _list(hint: Any) -> Reader:  # Any: as _reader
    inner = _reader(hint)

    def read_list(found: object) -> object:
        if not isinstance(found, list):
            raise Misread(f"{type(found).__name__} is no list")
        return tuple(map(inner, found))

    return read_list


def _shape(kind: type) -> Reader:
    hints = get_type_hints(kind)
    readers = {camel(field.name): (field.name, _reader(hints[field.name])) for field in fields(kind) if field.name != MORE}
    keeps = MORE in hints

    def read_shape(found: object) -> object:
        if not isinstance(found, Mapping):
            raise Misread(f"{kind.__name__} is {type(found).__name__}, no object")
        said: dict[str, object] = {}
        more: dict[str, object] = {}
        for key, value in found.items():
            known = readers.get(key)
            if known is None:
                more[key] = value
            elif value is not None:
                said[known[0]] = known[1](value)
        if keeps:
            said[MORE] = more
        return kind(**said)

    return read_shape


def _time(found: object) -> object:
    if not isinstance(found, str):
        raise Misread(f"{type(found).__name__} is no time")
    try:
        return datetime.fromisoformat(found)
    except ValueError as error:
        raise Misread(str(error)) from error


def _enum(hint: type[Enum]) -> Reader:
    def read_enum(found: object) -> object:
        if not isinstance(found, str):
            raise Misread(f"{type(found).__name__} is no {hint.__name__}")
        return hint(found)

    return read_enum


def _plain(hint: type) -> Reader:
    def read_plain(found: object) -> object:
        if type(found) is not hint:
            raise Misread(f"{type(found).__name__} is no {hint.__name__}")
        return found

    return read_plain
