"""Cases that the descriptors write: of each binding, what it takes, what its service refuses, and what it does not take."""

import base64
import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import grpc
import orjson
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor

from services.gateway.bodies import MAX_BYTES
from services.gateway.routes import Route, field_at
from services.gateway.streams import event_group
from tests.support.any_message import fill
from tests.support.conformance.asked import Case, Reply

_CODES = [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK]
_TEXTS = ("g-1", "a b", "문", "x.y~z", "1%")
_UNTOLD = {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.DATA_LOSS}
_OWN_WORDS = {
    grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.CANCELLED,
}  # fmt: skip


def refused(code: grpc.StatusCode) -> str:
    """The row that a failure of this code shows, made by whoever has no reason of the contract for it."""
    return "defects are not told" if code in _UNTOLD else "gRPC's own words are not told" if code in _OWN_WORDS else ""


def generated(routes: tuple[Route, ...]) -> Iterator[Case]:
    """The cases of these bindings."""
    for number, route in enumerate(routes):
        name = f"{route.descriptor.name} {route.http_method} {route.template.text}"
        masked = "a PATCH's mask is filled" if route.http_method == "PATCH" else ""
        for seed in (number, number + 1000):
            path, body = _request(route, seed)
            yield Case(
                name=f"{name}: filled {seed}", method=route.http_method, path=path, body=body, reply=_reply(route, seed), differs=masked
            )
        path, body = _request(route, number + 2000)
        code = _CODES[number % len(_CODES)]
        reply = Reply(code=code, details=f"no, says {route.descriptor.name}")
        yield Case(
            name=f"{name}: {code.name}", method=route.http_method, path=path, body=body, reply=reply, differs=masked or refused(code)
        )
        if route.body:
            unknown = orjson.dumps((orjson.loads(body) if body else {}) | {"noSuchField": 1})
            yield Case(
                name=f"{name}: unknown field", method=route.http_method, path=path, body=unknown, differs="unknown fields are refused"
            )
            yield Case(name=f"{name}: broken body", method=route.http_method, path=path, body=b'{"a": ')
        else:
            yield Case(name=f"{name}: unknown parameter", method=route.http_method, path=_with(path, "noSuchField=1"))


def _reply(route: Route, seed: int) -> Reply:
    if route.raw:
        made = [route.response(content_type="text/plain; charset=utf-8", data=f"{number}. 끝".encode()) for number in range(3)]
    else:
        made = [fill(route.response(), seed + number) for number in range(3)]
        for one in made:
            _named(one)
    return Reply(messages=tuple(made) if route.descriptor.server_streaming else (made[0],))


def _named(message: Any) -> None:  # Any: of every type
    """An event says which it is, in one line: another is nothing that a service of ours sends."""
    group = event_group(message.DESCRIPTOR)
    if group is None:
        return
    if message.WhichOneof(group.name) is None:
        getattr(message, group.fields[0].name).SetInParent()
    if "id" in message.DESCRIPTOR.fields_by_name:
        message.id = message.id.replace("\n", "")


def _request(route: Route, seed: int) -> tuple[str, bytes | None]:
    chance = random.Random(seed)
    path = re.sub(r"\{([\w.]+)(?:=([^}]+))?\}", lambda found: _bound(route, found, chance), route.template.text).replace("*", "x")
    bound = {variable.field.split(".")[0] for variable in route.template.variables}
    message = fill(route.request(), seed)
    while message.ByteSize() > MAX_BYTES // 8:  # the same in JSON, with every default, must not be too long
        message = fill(route.request(), chance.randrange(2**32))
    if route.body:
        target = message if route.body == "*" else getattr(message, route.body)
        left_out = bound if route.body == "*" else set()
        for name in left_out & set(target.DESCRIPTOR.fields_by_name):
            target.ClearField(name)
        return path, json_format.MessageToJson(target, ensure_ascii=bool(seed % 2)).encode()
    pairs = []
    for field, value in message.ListFields():
        if field.name not in bound and field.message_type is None:
            pairs += [f"{field.json_name}={quote(_text(field, one))}" for one in (value if field.is_repeated else [value])]
    return _with(path, "&".join(pairs)), None


def _with(path: str, query: str) -> str:
    return path if not query else f"{path}{'&' if '?' in path else '?'}{query}"


def _bound(route: Route, found: re.Match[str], chance: random.Random) -> str:
    field = field_at(route.descriptor.input_type, found[1])
    if found[2] not in {None, "*"}:
        return found[2].replace("**", "a/b").replace("*", "s-1")
    if field.enum_type is not None:
        return field.enum_type.values[-1].name
    if field.type == FieldDescriptor.TYPE_STRING:
        return quote(chance.choice(_TEXTS), safe="")
    if field.type == FieldDescriptor.TYPE_BYTES:
        return "AQI="
    return "true" if field.type == FieldDescriptor.TYPE_BOOL else str(chance.randrange(100))


def _text(field: FieldDescriptor, value: Any) -> str:  # Any: of the type the field has
    if field.enum_type is not None:
        return field.enum_type.values_by_number[value].name
    if field.type == FieldDescriptor.TYPE_BYTES:
        return base64.b64encode(value).decode()
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("inf", "Infinity") if isinstance(value, float) else str(value)
