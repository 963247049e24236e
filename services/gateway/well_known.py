"""The well-known types that have a JSON of their own: how each is read and written, chosen once by its name."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias, cast

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor

from services.gateway.scalars import number_up_to, scalar_reader, text_of

Put: TypeAlias = Callable[[Any, object], None]
"""Sets a message (Any: they have more than Message says) from its JSON; raises ValueError with what is wrong."""
Write: TypeAlias = Callable[[Any], object]  # Any: as above
NULL = frozenset({"google.protobuf.NullValue", "google.protobuf.Value"})
"""The types that a JSON null is a value of."""
_TEXTS = frozenset(f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask"))
_WRAPPERS = frozenset(
    f"google.protobuf.{name}Value" for name in ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")
)
ONE_TEXT = _TEXTS | _WRAPPERS | {"google.protobuf.Value"}
"""Those that a single text can be: what a query parameter can set."""
SPECIAL = ONE_TEXT | {f"google.protobuf.{name}" for name in ("Any", "ListValue", "Struct")}
_finite = number_up_to(math.inf)


def put_special(descriptor: Descriptor, *, in_text: bool = False) -> Put:
    """What reads a message of one of these types; `in_text`: out of a query, where all is text."""
    name = descriptor.full_name
    if name in _WRAPPERS:
        return _put_wrapped(scalar_reader(descriptor.fields_by_name["value"], text=in_text))
    return _put_text(descriptor.name) if name in _TEXTS else _PUT[name]


def write_special(descriptor: Descriptor, wrapped: Callable[[Any], object]) -> Write:  # Any: a scalar
    """What writes a message of one of these types; `wrapped` writes the value of a wrapper."""
    name = descriptor.full_name
    if name in _WRAPPERS:
        return lambda message: wrapped(message.value)
    return _write_text if name in _TEXTS else _WRITE[name]


def _put_wrapped(read: Callable[[object], Any]) -> Put:  # Any: of the type that is wrapped
    def put(message: Any, value: object) -> None:  # Any: as Put
        message.value = read(value)

    return put


def _put_text(kind: str) -> Put:
    def put(message: Any, value: object) -> None:  # Any: as Put
        try:
            message.FromJsonString(value)
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"is no {kind}: {error}"[:200]) from None

    return put


def _put_any(message: Any, value: object) -> None:  # Any: as Put
    # Which type it holds is known only now; reflection finds it.
    try:
        json_format.ParseDict(cast("Any", value), message)  # Any: the reader looks itself
    except (json_format.ParseError, ValueError, TypeError) as error:
        raise ValueError(f"is no Any: {error}"[:200]) from None


def _put_struct(message: Any, value: object) -> None:  # Any: as Put
    if not isinstance(value, dict):
        raise ValueError("must be a JSON object")  # noqa: TRY004  a fault of the caller's JSON, as all of them
    fields = message.fields
    for name, one in value.items():
        _put_value(fields[text_of(name)], one)


def _put_list(message: Any, value: object) -> None:  # Any: as Put
    if not isinstance(value, list):
        raise ValueError("must be a JSON array")  # noqa: TRY004  as above
    values = message.values
    for one in value:
        _put_value(values.add(), one)


def _put_value(message: Any, value: object) -> None:  # Any: as Put
    match value:
        case None:
            message.null_value = 0
        case bool():
            message.bool_value = value
        case str():
            message.string_value = text_of(value)
        case int() | float():
            message.number_value = _finite(value)
        case list():
            message.list_value.SetInParent()
            _put_list(message.list_value, value)
        case _:
            message.struct_value.SetInParent()
            _put_struct(message.struct_value, value)


def _write_text(message: Any) -> object:  # Any: as Write
    said: str = message.ToJsonString()
    return said


def _write_struct(message: Any) -> object:  # Any: as Write
    return {name: _write_value(value) for name, value in message.fields.items()}


def _write_list(message: Any) -> object:  # Any: as Write
    return [_write_value(value) for value in message.values]


def _write_value(message: Any) -> object:  # Any: as Write
    match message.WhichOneof("kind"):
        case "struct_value":
            return _write_struct(message.struct_value)
        case "list_value":
            return _write_list(message.list_value)
        case None | "null_value":
            return None
        case kind:
            # JSON has no number that is none: what is not finite becomes null where the text is made.
            return cast("object", getattr(message, kind))


_PUT: dict[str, Put] = {
    "google.protobuf.Any": _put_any,
    "google.protobuf.Struct": _put_struct,
    "google.protobuf.ListValue": _put_list,
    "google.protobuf.Value": _put_value,
}
_WRITE: dict[str, Write] = {
    "google.protobuf.Any": lambda message: json_format.MessageToDict(message, always_print_fields_with_no_presence=True),
    "google.protobuf.Struct": _write_struct,
    "google.protobuf.ListValue": _write_list,
    "google.protobuf.Value": _write_value,
}
