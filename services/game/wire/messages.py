"""Messages from the plain form of answers, by a conversion that is worked out once for each kind of message."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, TypeVar, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from services.game.stored import Plain
from services.game.telling.plain import to_plain

M = TypeVar("M", bound=Message)
_Change = Callable[[Any], Any]  # Any: JSON, which protobuf checks against the message


def message(kind: type[M], plain: Plain) -> M:
    """A message from the plain form of an answer: the names are the contract's, enum values its names in lower case; None is absent."""
    return kind(**_changed(_changes(cast("Descriptor", kind.DESCRIPTOR)), plain))


def messages(kind: type[M], answers: Iterable[object]) -> list[M]:
    """Messages from answers."""
    return [message(kind, to_plain(answer)) for answer in answers]


@cache
def _changes(kind: Descriptor) -> Mapping[str, _Change]:
    """What the fields of a message come by that protobuf does not take in their plain form: enum values, and messages that have some."""
    changes: dict[str, _Change] = {}
    for field in kind.fields:
        change: _Change | None = str.upper if field.enum_type is not None else None
        if field.message_type is not None and (within := _changes(field.message_type)):
            change = partial(_changed, within)
        if change is not None:
            changes[field.name] = partial(_each, change) if field.is_repeated else change
    return changes


def _changed(changes: Mapping[str, _Change], plain: Plain) -> Plain:
    return plain | {name: change(plain[name]) for name, change in changes.items() if plain.get(name) is not None}


def _each(change: _Change, values: Iterable[Any]) -> list[Any]:  # Any: as above
    return [change(value) for value in values]
