"""Single values of a field, out of JSON and out of the texts in paths and queries."""

import base64
import binascii
import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

Scalar: TypeAlias = Callable[[object], Any]  # Any: of the type the field has
"""Makes a value the field's; raises ValueError with what it must be."""
_WHOLE = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,320}(\.[0-9]{1,320})?([eE][+-]?[0-9]{1,4})?", re.ASCII)
_FLOAT_MAX = 3.402823567797336e38
"""The greatest double that rounds to a float."""
_RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class NulInText(ValueError):  # noqa: N818  named for what it is
    """A text holds a NUL, which no store of ours keeps."""


def scalar_reader(field: FieldDescriptor, *, text: bool = False) -> Scalar:
    """What reads a value (one element, if the field is repeated); `text`: from a path, a query or a map's key, where all is text."""
    if field.enum_type is not None:
        if field.enum_type.full_name == "google.protobuf.NullValue":
            return _null
        return _enum(field.enum_type, text=text)
    if field.cpp_type in _RANGES:
        return _whole(*_RANGES[field.cpp_type])
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return _truth_in_text if text else _truth
    if field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT:
        return number_up_to(_FLOAT_MAX)
    if field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE:
        return number_up_to(math.inf)
    return _bytes if field.type == FieldDescriptor.TYPE_BYTES else text_of


def _whole(low: int, high: int) -> Scalar:
    def read(value: object) -> int:
        if type(value) is int:
            number = value
        elif (type(value) is float and value.is_integer()) or (type(value) is str and _WHOLE.fullmatch(value)):
            number = int(value)
        else:
            raise ValueError("must be a whole number")
        if not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return read


def number_up_to(greatest: float) -> Scalar:
    """What reads a number that is at most so great, either way, or one of JSON's three names for those that are not finite."""

    def read(value: object) -> float:
        if type(value) is str and value in _NOT_FINITE:
            return _NOT_FINITE[value]
        # A whole number may be too great for a float; its text is not.
        if type(value) in {int, float} or (type(value) is str and _NUMBER.fullmatch(value)):
            number = float(str(value))
            if math.isfinite(number) and abs(number) <= greatest:
                return number
            raise ValueError("is a number out of range")
        raise ValueError("must be a number")

    return read


def _truth(value: object) -> bool:
    if type(value) is not bool:
        raise ValueError("must be true or false")
    return value


def _truth_in_text(value: object) -> bool:
    if value not in {"true", "false"}:
        raise ValueError("must be true or false")
    return value == "true"


def _null(value: object) -> int:
    if value not in {None, "NULL_VALUE"}:
        raise ValueError("must be null")
    return 0


def _enum(descriptor: EnumDescriptor, *, text: bool) -> Scalar:
    by_name = {value.name: value.number for value in descriptor.values}
    by_number = {value.number: value.number for value in descriptor.values}
    names = [value.name for value in descriptor.values if value.number]
    allowed = f"must be one of {', '.join(names)}"

    def read(value: object) -> int:
        number = None
        if type(value) is str:
            number = by_name.get(value)
            if number is None and text and _WHOLE.fullmatch(value):
                number = by_number.get(int(value))
        elif type(value) is int:
            number = by_number.get(value)
        if number is None:
            raise ValueError(allowed)
        return number

    return read


def text_of(value: object) -> str:
    """A text. Raises ValueError for what is none, or could not be stored: NulInText for a NUL."""
    if type(value) is not str:
        raise ValueError("must be a string")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("holds half of a surrogate pair, which is no character") from None
    if "\0" in value:
        raise NulInText("must not hold a NUL character")
    return value


def _bytes(value: object) -> bytes:
    if type(value) is not str:
        raise ValueError("must be a string in base64")
    try:
        plain = value.replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be a string in base64") from None
