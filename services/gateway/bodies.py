"""The request's body: counted while it is read, then JSON or a refusal."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from services.chassis import errors
from services.gateway.json_reader import Object

MAX_BYTES = 16 * 1024
MAX_DEPTH = 32
ABSENT = object()
"""What stands for the JSON of a body that is not there."""
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CHARSETS = {"utf-8", "utf8"}


def require_json(headers: Mapping[str, str]) -> None:
    """Raises Invalid(UNSUPPORTED_MEDIA_TYPE) unless the headers announce plain JSON in UTF-8."""
    said = headers.get("content-type", "")
    kind, *parameters = (part.strip().lower() for part in said.split(";"))
    charset = next((one.removeprefix("charset=").strip('"') for one in parameters if one.startswith("charset=")), "utf-8")
    encoding = headers.get("content-encoding", "identity").lower()
    if kind != "application/json" or charset not in _CHARSETS or encoding != "identity":
        raise errors.Invalid(
            "UNSUPPORTED_MEDIA_TYPE",
            "send JSON in UTF-8, uncompressed, with the header `content-type: application/json`",
            metadata={"contentType": said[:100]},
        )


def too_large() -> errors.Invalid:
    """The failure of a body over MAX_BYTES."""
    return errors.Invalid("BODY_TOO_LARGE", f"a body may have at most {MAX_BYTES} bytes", metadata={"maxBytes": str(MAX_BYTES)})


def parse(body: bytes) -> object:
    """A body's JSON; its objects are Objects, which know what they had twice.

    Raises Invalid(MALFORMED_JSON) for what is not JSON in UTF-8, holds a NUL byte or is nested more than MAX_DEPTH deep.
    """
    if b"\0" in body:
        _malformed("the body holds a NUL byte")
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        _malformed(f"the body is nested more than {MAX_DEPTH} deep")
    try:
        return json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError as error:
        _malformed(f"the body is not UTF-8: byte {error.start} is wrong")
    except json.JSONDecodeError as error:
        _malformed(f"the body is not JSON: {error.msg} at character {error.pos}")
    except (ValueError, RecursionError):
        _malformed("the body is not JSON that can be read: it has NaN, Infinity, an endless number or half a character in a name")


def _object(pairs: list[tuple[str, Any]]) -> Object:  # Any: what JSON holds
    made = Object(pairs)
    for name in made:
        if not name.isascii():
            name.encode()  # half of a surrogate pair is a UnicodeEncodeError: no answer could name it
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        made.repeated = tuple(name for name in made if names.count(name) > 1)
    return made


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for byte in _STRING.sub(b"", body):
        if byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _malformed(detail: str) -> NoReturn:
    raise errors.Invalid("MALFORMED_JSON", detail)
