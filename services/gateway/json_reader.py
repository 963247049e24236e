"""JSON to messages, strictly: a reader per message type, made once, that collects everything that is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from services.chassis import errors
from services.chassis.errors import Violation
from services.gateway.scalars import NulInText, Scalar, scalar_reader
from services.gateway.well_known import NULL, SPECIAL, Put, put_special

_MAX_NAMED = 16
"""How many faults are told at once: an answer must not be much longer than what it answers."""
_MAX_NAME = 100


class Object(dict[str, Any]):  # Any: what JSON holds
    """A JSON object, with the names that it had more than once."""

    repeated: tuple[str, ...] = ()


@dataclass(slots=True)
class Faults:
    """What is wrong with a request, field by field."""

    unknown: list[Violation] = field(default_factory=list)
    invalid: list[Violation] = field(default_factory=list)
    nul: list[Violation] = field(default_factory=list)

    def raise_if_any(self) -> None:
        """Raises Invalid: MALFORMED_JSON for a NUL, UNKNOWN_FIELD if nothing else is wrong, else INVALID_ARGUMENT; each names all."""
        everything = [*self.nul, *self.unknown, *self.invalid]
        if not everything:
            return
        reason = "MALFORMED_JSON" if self.nul else "INVALID_ARGUMENT" if self.invalid else "UNKNOWN_FIELD"
        named = everything[:_MAX_NAMED]
        said = "; ".join(f"{one.field[:_MAX_NAME]}: {one.description}" for one in named)
        more = f"; and {len(everything) - len(named)} more" if len(everything) > len(named) else ""
        raise errors.Invalid(reason, said + more, violations=named)


_Set: TypeAlias = Callable[[Message, object, str, Faults], None]
"""Sets a field from JSON: the message, the value, the field's name as the caller sent it, and where faults go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A field, as far as reading it asks."""

    name: str
    group: str
    """The oneof it is in; "": none."""
    nullable: bool
    """Whether null is a value of it; of all others it is absence."""
    put: _Set


class JsonReader:
    """Reads one message type."""

    def __init__(self) -> None:
        self.fields: dict[str, _Field] = {}

    def read(self, message: Message, value: object, where: str, faults: Faults) -> None:
        """Sets the message's fields from a JSON object; `where` is its dotted name with the dot, or ""."""
        if not isinstance(value, Object):
            faults.invalid.append(Violation(where.rstrip(".") or "body", "must be a JSON object"))
            return
        if value.repeated:
            faults.invalid.extend(Violation(where + name, "is there more than once") for name in value.repeated)
        fields = self.fields
        seen: dict[str, str] = {}
        for name, one in value.items():
            field = fields.get(name)
            if field is None:
                faults.unknown.append(Violation(where + name, "is no field here"))
                continue
            if field.name in seen:
                faults.invalid.append(Violation(where + name, "is there more than once"))
                continue
            seen[field.name] = name
            if one is None and not field.nullable:
                continue
            if field.group:
                if field.group in seen:
                    faults.invalid.append(Violation(where + name, f"can't stand beside {seen[field.group]}"))
                    continue
                seen[field.group] = name
            field.put(message, one, where + name, faults)


class JsonReaders:
    """Makes and keeps the readers. Names are taken in lowerCamelCase and as the proto has them."""

    def __init__(self) -> None:
        self._readers: dict[str, JsonReader] = {}

    def of(self, descriptor: Descriptor) -> JsonReader:
        """The reader of a message type."""
        known = self._readers.get(descriptor.full_name)
        if known is None:
            known = self._readers[descriptor.full_name] = JsonReader()
            for one in descriptor.fields:
                known.fields[one.name] = known.fields[one.json_name] = _Field(
                    name=one.name,
                    # A oneof may be named as a field is: no field has a dot.
                    group=f"{one.containing_oneof.name}." if one.containing_oneof is not None else "",
                    nullable=not one.is_repeated and (one.message_type or one.enum_type or one).full_name in NULL,
                    put=self._setter(one),
                )
        return known

    def _setter(self, descriptor: FieldDescriptor) -> _Set:
        name = descriptor.name
        message_type = descriptor.message_type
        if message_type is None:
            read = scalar_reader(descriptor)
            return _repeated_scalar(name, read) if descriptor.is_repeated else _scalar(name, read)
        if message_type.GetOptions().map_entry:
            return self._map(name, message_type)
        nested = self._nested(message_type)
        return _repeated_message(name, nested) if descriptor.is_repeated else _message(name, nested)

    def _nested(self, descriptor: Descriptor) -> _Set:
        if descriptor.full_name in SPECIAL:
            return special(put_special(descriptor))
        reader = self.of(descriptor)
        return lambda message, value, where, faults: reader.read(message, value, f"{where}.", faults)

    def _map(self, name: str, entry: Descriptor) -> _Set:
        read_key = scalar_reader(entry.fields_by_name["key"], text=True)
        value_field = entry.fields_by_name["value"]
        read = None if value_field.message_type is None else self._nested(value_field.message_type)
        read_scalar = None if read is not None else scalar_reader(value_field)

        def put(message: Message, value: object, where: str, faults: Faults) -> None:
            if not isinstance(value, Object):
                faults.invalid.append(Violation(where, "must be a JSON object"))
                return
            target = getattr(message, name)
            for key_text, one in value.items():
                key = _read(read_key, key_text, where, faults)
                if key is None:
                    continue
                if read is not None:
                    read(target[key], one, f"{where}.{key_text}", faults)
                elif read_scalar is not None and (got := _read(read_scalar, one, f"{where}.{key_text}", faults)) is not None:
                    target[key] = got

        return put


def _read(read: Scalar, value: object, where: str, faults: Faults) -> Any:  # Any: of the type the field has; None: a fault was noted
    try:
        return read(value)
    except NulInText as nul:
        faults.nul.append(Violation(where, str(nul)))
    except ValueError as error:
        faults.invalid.append(Violation(where, str(error)))
    return None


def _scalar(name: str, read: Scalar) -> _Set:
    def put(message: Message, value: object, where: str, faults: Faults) -> None:
        got = _read(read, value, where, faults)
        if got is not None:
            setattr(message, name, got)

    return put


def _repeated_scalar(name: str, read: Scalar) -> _Set:
    def put(message: Message, value: object, where: str, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.invalid.append(Violation(where, "must be a JSON array"))
            return
        target = getattr(message, name)
        for place, one in enumerate(value):
            got = _read(read, one, f"{where}[{place}]", faults)
            if got is not None:
                target.append(got)

    return put


def _message(name: str, read: _Set) -> _Set:
    def put(message: Message, value: object, where: str, faults: Faults) -> None:
        nested = getattr(message, name)
        nested.SetInParent()
        read(nested, value, where, faults)

    return put


def _repeated_message(name: str, read: _Set) -> _Set:
    def put(message: Message, value: object, where: str, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.invalid.append(Violation(where, "must be a JSON array"))
            return
        target = getattr(message, name)
        for place, one in enumerate(value):
            read(target.add(), one, f"{where}[{place}]", faults)

    return put


def special(put: Put) -> _Set:
    """What sets a message that has a JSON form of its own, and notes why it can't be set."""

    def set_whole(message: Message, value: object, where: str, faults: Faults) -> None:
        try:
            put(message, value)
        except NulInText as nul:
            faults.nul.append(Violation(where, str(nul)))
        except ValueError as error:
            faults.invalid.append(Violation(where, str(error)))

    return set_whole
