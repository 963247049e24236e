"""The plain form of answers, as the log keeps them: JSON objects, both ways."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
R = TypeVar("R")
_Reader = Callable[[Any], Any]  # Any: what JSON can hold; what the type says


def to_plain(answer: object) -> dict[str, Any]:  # Any: what JSON can hold, nested
    """The answer (any dataclass of `answers`, or a command) as a JSON object; what is absent or empty is left out.

    Equal answers give equal objects, and with sorted keys equal bytes. TypeError: it is no dataclass.
    """
    names = _names(type(answer))
    if names is None:
        raise TypeError(f"only dataclasses have a plain form, not {type(answer).__name__}")
    plain = {}
    for name in names:
        value = getattr(answer, name)
        writer = _writer(type(value))
        if writer is not None:
            value = writer(value)
        if value is not None and value != []:
            plain[name] = value
    return plain


def from_plain(kind: type[T], plain: Mapping[str, Any]) -> T:  # Any: what JSON can hold, nested
    """The answer of that kind that `to_plain` wrote. TypeError or ValueError: the object is of no such answer."""
    readers = _readers(kind)
    unknown = plain.keys() - readers.keys()
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**{name: read(plain.get(name)) for name, read in readers.items()})


def _once(work: Callable[[type], R]) -> Callable[[type], R]:
    """The same, worked out once for each class."""
    return cache(work)


@_once
def _names(kind: type) -> tuple[str, ...] | None:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


@_once
def _writer(kind: type) -> Callable[[Any], Any] | None:  # Any: a value of the class; what JSON can hold
    """What makes a value of the class plain; None: it is."""
    if issubclass(kind, tuple):
        return _plain_list
    if issubclass(kind, Enum):
        return attrgetter("value")
    return to_plain if is_dataclass(kind) else None


def _plain_list(values: tuple[object, ...]) -> list[Any]:  # Any: what JSON can hold
    return [value if (writer := _writer(type(value))) is None else writer(value) for value in values]


@_once
def _readers(kind: type) -> dict[str, _Reader]:
    return {name: _reader(hint, f"{kind.__name__}.{name}") for name, hint in get_type_hints(kind).items()}


def _reader(hint: Any, where: str) -> _Reader:  # Any: a type as it was annotated
    """What reads a value of the type."""
    if get_origin(hint) is tuple:
        return _tuple_reader(get_args(hint), where)
    if isinstance(hint, UnionType):
        one = _reader(next(kind for kind in get_args(hint) if kind is not NoneType), where)
        if NoneType in get_args(hint):
            return lambda plain: None if plain is None else one(plain)
        return one
    if is_dataclass(hint):
        return lambda plain: from_plain(hint, plain) if isinstance(plain, Mapping) else _exactly(hint, plain, where)  # type: ignore[arg-type] # is_dataclass says an instance or a class; a hint is a class
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return lambda plain: _exactly(hint, plain, where)


def _tuple_reader(elements: tuple[Any, ...], where: str) -> _Reader:  # Any: types as they were annotated
    if elements[-1] is ...:
        every = _reader(elements[0], where)
        return lambda plain: tuple(every(one) for one in plain or ())
    readers = [_reader(element, where) for element in elements]
    return lambda plain: tuple(read(one) for read, one in zip(readers, plain or (), strict=True))


def _exactly(hint: Any, plain: Any, where: str) -> Any:  # Any: a type as it was annotated; what JSON can hold
    if type(plain) is not hint:
        raise TypeError(f"{where} is {type(plain).__name__}, not {hint}")
    return plain
