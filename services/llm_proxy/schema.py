"""A JSON schema that a text must fit."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from jsonschema import Draft202012Validator, exceptions
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

MAX_BYTES = 64 * 1024


class Schema:
    """A checked JSON schema. References lead nowhere outside it, so that checking a text never touches the network."""

    __slots__ = ("_validator", "document")

    def __init__(self, text: str) -> None:
        """Reads a schema; raises ValueError with a sentence for someone who can act."""
        if len(text.encode()) > MAX_BYTES:
            raise ValueError(f"the schema is larger than {MAX_BYTES} bytes")
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"not JSON: {error}") from None
        if not isinstance(document, dict):
            raise ValueError("a schema is a JSON object")  # noqa: TRY004  every fault of the text is a ValueError
        if any(not reference.startswith("#") for reference in _references(document)):
            raise ValueError("a schema may only refer to its own parts")
        kind = validator_for(document, default=Draft202012Validator)
        try:
            kind.check_schema(document)
        except exceptions.SchemaError as error:
            raise ValueError(f"not a JSON schema: {error.message[:200]}") from None
        self.document: Mapping[str, Any] = document  # Any: JSON
        self._validator = kind(document, registry=Registry())

    def accepts(self, text: str) -> bool:
        """Whether a text is JSON that fits."""
        try:
            return bool(self._validator.is_valid(orjson.loads(text)))
        except (orjson.JSONDecodeError, Unresolvable, RecursionError):
            return False


def _references(part: Any) -> Iterator[str]:  # Any: JSON
    if isinstance(part, dict):
        for key, value in part.items():
            if key in {"$ref", "$dynamicRef"} and isinstance(value, str):
                yield value
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
