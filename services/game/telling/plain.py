"""The plain form of answers, as the log keeps them: JSON objects, both ways."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(answer: object) -> dict[str, Any]:  # Any: what JSON can hold, nested
    """The answer (any dataclass of `answers`, or a command) as a JSON object; what is absent or empty is left out.

    Equal answers give equal objects, and with sorted keys equal bytes. TypeError: it is no dataclass.
    """
    if not is_dataclass(answer):
        raise TypeError(f"only dataclasses have a plain form, not {type(answer).__name__}")
    named = ((field.name, _plain(getattr(answer, field.name))) for field in fields(answer))
    return {name: value for name, value in named if value is not None and value != []}


def from_plain(kind: type[T], plain: Mapping[str, Any]) -> T:  # Any: what JSON can hold, nested
    """The answer of that kind that `to_plain` wrote. TypeError or ValueError: the object is of no such answer."""
    hints = _hints(kind)  # type: ignore[arg-type] # every class is hashable; mypy can't tell for one without a bound
    unknown = plain.keys() - hints.keys()
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**{name: _value(hint, plain.get(name), f"{kind.__name__}.{name}") for name, hint in hints.items()})


def _plain(value: object) -> Any:  # Any: what JSON can hold
    if isinstance(value, tuple):
        return [_plain(element) for element in value]
    if isinstance(value, Enum):
        return value.value
    return to_plain(value) if is_dataclass(value) else value


def _value(hint: Any, plain: Any, where: str) -> Any:  # Any: a type as it was annotated; what JSON can hold; what the type says
    if get_origin(hint) is tuple:
        elements = get_args(hint)
        each = elements[:1] * len(plain or ()) if elements[-1] is ... else elements
        return tuple(_value(element, one, where) for element, one in zip(each, plain or (), strict=True))
    if isinstance(hint, UnionType):
        if plain is None and NoneType in get_args(hint):
            return None
        hint = next(kind for kind in get_args(hint) if kind is not NoneType)
    if is_dataclass(hint) and isinstance(plain, Mapping):
        return from_plain(hint, plain)  # type: ignore[arg-type] # is_dataclass says an instance or a class; a hint is a class
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(plain)
    if type(plain) is not hint:
        raise TypeError(f"{where} is {type(plain).__name__}, not {hint}")
    return plain


@cache
def _hints(kind: type) -> dict[str, Any]:  # Any: types as they were annotated
    return get_type_hints(kind)
