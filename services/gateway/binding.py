"""A request's path, query, body and headers to its RPC's message, by the rules of google.api.http."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from services.chassis.errors import Violation
from services.gateway.bodies import ABSENT
from services.gateway.json_reader import Faults, JsonReaders, Object, special
from services.gateway.routes import Route, field_at
from services.gateway.scalars import scalar_reader
from services.gateway.well_known import ONE_TEXT, SPECIAL, put_special

IDEMPOTENCY_KEY = "idempotency-key"
LAST_EVENT_ID = "last-event-id"
MASK = "update_mask"
KEY_MAX = 64
"""How many characters an idempotency key may have."""
_QUERY_DEPTH = 4
"""How many dots a query parameter may have: a type that holds itself has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A field that a text can be put into: the way to it, its name for the caller, and what reads the text."""

    parents: tuple[str, ...]
    name: str
    path: str
    """The field's dotted proto path."""
    shown: str
    repeated: bool
    group: str
    """The oneof it is in, under its message's path; "": none."""
    read: Callable[[str], Any] | None  # Any: of the type the field has
    """None: it is a message with a JSON form of its own, such as a timestamp."""
    put_whole: Callable[[Any, str, str, Faults], None] | None  # Any: that message

    def owner(self, message: Message) -> Message:
        """The message that has the field itself."""
        for parent in self.parents:
            message = getattr(message, parent)
        return message

    def put(self, message: Message, text: str, faults: Faults) -> None:
        """Sets the field, or adds to it, or notes why it can't be."""
        owner = self.owner(message)
        if self.put_whole is not None:
            whole = getattr(owner, self.name)
            whole.SetInParent()
            self.put_whole(whole, text, self.shown, faults)
            return
        assert self.read is not None
        try:
            value = self.read(text)
        except ValueError as error:
            faults.invalid.append(Violation(self.shown, str(error)))
            return
        if self.repeated:
            getattr(owner, self.name).append(value)
        else:
            setattr(owner, self.name, value)


class Binder:
    """Makes the messages of one route."""

    def __init__(self, route: Route, readers: JsonReaders) -> None:
        self._make = route.request
        self._template = route.template
        descriptor = route.descriptor.input_type
        bound = {variable.field for variable in route.template.variables}
        self._path = [_slot(tuple(one.field.split(".")), field_at(descriptor, one.field)) for one in route.template.variables]
        self._body = route.body
        self._query: dict[str, _Slot] = {}
        if route.body != "*":
            taken = tuple(f"{one}." for one in (*bound, route.body))
            parameters = _parameters(descriptor, (), ("", ""))
            self._query = {name: slot for name, slot in parameters if not f"{slot.path}.".startswith(taken)}
        body_type = descriptor if route.body == "*" else descriptor.fields_by_name[route.body].message_type if route.body else None
        self._reader = None if body_type is None else readers.of(body_type)
        self._masked = (
            body_type if route.http_method == "PATCH" and MASK in descriptor.fields_by_name and route.body not in {"", "*"} else None
        )
        self.takes_key = "request_id" in descriptor.fields_by_name
        self.takes_last_event = route.streaming and "after" in descriptor.fields_by_name

    @property
    def takes_body(self) -> bool:
        """Whether a body is read at all."""
        return self._reader is not None

    @property
    def query(self) -> Mapping[str, str]:
        """The query parameters by name, in lowerCamelCase and as the proto has them, with their field's dotted proto path."""
        return {name: slot.path for name, slot in self._query.items()}

    def bind(self, segments: Sequence[str], query: bytes, body: object, headers: Mapping[str, str]) -> Message:
        """The request's message. `body` is its parsed JSON; ABSENT: there is none.

        Raises Invalid that names every field and parameter that is unknown, repeated or of the wrong type.
        """
        message, faults = self._make(), Faults()
        if self._reader is not None and body is not ABSENT:
            self._bind_body(message, body, faults)
        self._bind_query(message, query, faults)
        self._bind_path(message, segments, body, faults)
        self._bind_headers(message, headers, faults)
        faults.raise_if_any()
        return message

    def _bind_body(self, message: Message, body: object, faults: Faults) -> None:
        assert self._reader is not None
        target = message
        if self._body != "*":
            target = getattr(message, self._body)
            target.SetInParent()
        self._reader.read(target, body, "", faults)
        if self._masked is not None and isinstance(body, Object):
            getattr(message, MASK).paths.extend(_mask(self._masked, body, ""))

    def _bind_query(self, message: Message, query: bytes, faults: Faults) -> None:
        seen: set[str] = set()
        groups: dict[str, str] = {}
        for name, text in _pairs(query, faults):
            slot = self._query.get(name)
            if slot is None:
                faults.unknown.append(Violation(name, "is no query parameter here"))
                continue
            if not slot.repeated and slot.path in seen:
                faults.invalid.append(Violation(name, "is there more than once"))
                continue
            seen.add(slot.path)
            if slot.group and groups.setdefault(slot.group, slot.path) != slot.path:
                faults.invalid.append(Violation(name, "can't stand beside another of its choice"))
                continue
            if slot.path == MASK:
                getattr(message, MASK).Clear()  # said by the caller: what the body has no longer counts
            slot.put(message, text, faults)

    def _bind_path(self, message: Message, segments: Sequence[str], body: object, faults: Faults) -> None:
        try:
            texts = self._template.values(segments)
        except UnicodeDecodeError:
            faults.invalid.append(Violation("path", "is not UTF-8"))
            return
        for slot, text in zip(self._path, texts, strict=True):
            # A body that repeats what the path says may; one that says something else is a mistake of its caller.
            said = getattr(slot.owner(message), slot.name)
            slot.put(message, text, faults)
            in_body = self._body == "*" and isinstance(body, dict) and not slot.parents and (slot.shown in body or slot.name in body)
            if in_body and said != getattr(message, slot.name):
                faults.invalid.append(Violation(slot.shown, "is another in the path"))

    def _bind_headers(self, message: Message, headers: Mapping[str, str], faults: Faults) -> None:
        key = headers.get(IDEMPOTENCY_KEY)
        if key is not None and self.takes_key:
            target: Any = message  # Any: the field was looked for when the route was made
            if not key or len(key) > KEY_MAX or not key.isascii() or not key.isprintable():
                faults.invalid.append(Violation("Idempotency-Key", f"must be printable ASCII, 1 to {KEY_MAX} characters"))
            elif target.request_id not in {"", key}:
                faults.invalid.append(Violation("requestId", "is another than the header Idempotency-Key"))
            else:
                target.request_id = key
        last = headers.get(LAST_EVENT_ID)
        if last and self.takes_last_event:
            if last.isascii() and last.isprintable():
                # A browser that reconnects repeats its old address: the header is newer than `after` there.
                target = message
                target.after = last
            else:
                faults.invalid.append(Violation("Last-Event-ID", "must be the id of an event"))


def _slot(parents: tuple[str, ...], field: FieldDescriptor, shown: str = "") -> _Slot:
    whole = field.message_type
    owners = parents if shown else parents[:-1]
    return _Slot(
        parents=owners,
        path=".".join((*owners, field.name)),
        name=field.name,
        shown=shown or field.json_name,
        repeated=field.is_repeated,
        group=".".join((*owners, field.containing_oneof.name)) if field.containing_oneof is not None else "",
        read=None if whole is not None else scalar_reader(field, text=True),
        put_whole=None if whole is None else special(put_special(whole, in_text=True)),
    )


def _parameters(message: Descriptor, parents: tuple[str, ...], prefixes: tuple[str, str]) -> Iterator[tuple[str, _Slot]]:
    """Every query parameter a message can have, under both of its names."""
    for field in message.fields:
        names = (prefixes[0] + field.json_name, prefixes[1] + field.name)
        nested = field.message_type
        if nested is None or (nested.full_name in ONE_TEXT and not field.is_repeated):
            slot = _slot(parents, field, names[0])
            yield from ((name, slot) for name in dict.fromkeys(names))
        elif not field.is_repeated and nested.full_name not in SPECIAL and len(parents) < _QUERY_DEPTH:
            yield from _parameters(nested, (*parents, field.name), (f"{names[0]}.", f"{names[1]}."))


def _pairs(query: bytes, faults: Faults) -> Iterator[tuple[str, str]]:
    for piece in query.split(b"&"):
        if not piece:
            continue
        name, _, value = (unquote_to_bytes(part) for part in piece.replace(b"+", b" ").partition(b"="))
        try:
            yield name.decode(), value.decode()
        except UnicodeDecodeError:
            faults.invalid.append(Violation(name.decode(errors="replace"), "is not UTF-8"))


def _mask(message: Descriptor, body: Object, prefix: str) -> Iterator[str]:
    """The paths of what a body sets: of nested objects, what they set."""
    by_json_name = {field.json_name: field for field in message.fields}
    for name, value in body.items():
        field = message.fields_by_name.get(name) or by_json_name.get(name)
        if field is None:
            continue
        nested = field.message_type
        if nested is not None and not field.is_repeated and nested.full_name not in SPECIAL and isinstance(value, Object) and value:
            yield from _mask(nested, value, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name
