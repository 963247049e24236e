"""Which HTTP request is which RPC: read from the descriptors' google.api.http annotations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from google.api import annotations_pb2, http_pb2
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message

from services.chassis import access
from services.gateway.templates import Template, parse

HTTP_BODY = "google.api.HttpBody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One binding of an RPC to an HTTP method and a path template."""

    http_method: str
    template: Template
    rpc: str
    """The full method name, "/maratang.game.v1.GameService/GetGame"."""
    target: str
    """The service that has it: "game" or "persistence"."""
    streaming: bool
    """Whether the answer is a stream of events; a document that comes in parts is none."""
    body: str
    """The request field that the body is; "*": the whole request; "": there is none."""
    response_body: str
    """The answer's field that is sent; "": the whole answer."""
    descriptor: MethodDescriptor
    request: type[Message]
    response: type[Message]

    @property
    def raw(self) -> bool:
        """Whether the answer is a google.api.HttpBody, sent as it is."""
        return str(self.descriptor.output_type.full_name) == HTTP_BODY

    @property
    def in_parts(self) -> bool:
        """Whether the answer is a document that comes in parts, which are sent on as they come."""
        return self.raw and self.descriptor.server_streaming

    @property
    def player_only(self) -> bool:
        """Whether a signed-in player must call it."""
        return access.access_of(self.rpc) == access.PLAYER


def routes(services: Iterable[tuple[str, ServiceDescriptor]]) -> Iterator[Route]:
    """The routes of (target, service) pairs, in the contract's order.

    Raises ValueError for a binding that can't be served: it is the contract that is wrong, and the gateway must not start.
    """
    for target, service in services:
        for method in service.methods:
            rule = method.GetOptions().Extensions[annotations_pb2.http]
            for one in (rule, *rule.additional_bindings):
                if one.WhichOneof("pattern"):
                    yield _route(target, method, one)


def field_at(message: Descriptor, path: str) -> FieldDescriptor:
    """The field at a dotted path of proto names. Raises ValueError if there is none."""
    *parents, last = path.split(".")
    for parent in parents:
        found = message.fields_by_name.get(parent)
        if found is None or found.message_type is None or found.is_repeated:
            raise ValueError(f"{message.full_name} has no message {parent!r}")
        message = found.message_type
    found = message.fields_by_name.get(last)
    if found is None:
        raise ValueError(f"{message.full_name} has no field {last!r}")
    return found


def _route(target: str, method: MethodDescriptor, rule: http_pb2.HttpRule) -> Route:
    pattern = rule.WhichOneof("pattern")
    http_method, path = (rule.custom.kind, rule.custom.path) if pattern == "custom" else (str(pattern).upper(), getattr(rule, str(pattern)))
    if method.client_streaming:
        raise ValueError(f"{method.full_name}: a client's stream has no form in HTTP/1.1")
    template = parse(path)
    for variable in template.variables:
        field = field_at(method.input_type, variable.field)
        if field.is_repeated or field.message_type is not None:
            raise ValueError(f"{method.full_name}: {variable.field} can't stand in a path")
    if rule.body not in {"", "*"} and field_at(method.input_type, rule.body).message_type is None:
        raise ValueError(f"{method.full_name}: the body field {rule.body} is no message")
    return Route(
        http_method=http_method,
        template=template,
        rpc=f"/{method.containing_service.full_name}/{method.name}",
        target=target,
        streaming=method.server_streaming and method.output_type.full_name != HTTP_BODY,
        body=rule.body,
        response_body=rule.response_body,
        descriptor=method,
        request=message_factory.GetMessageClass(method.input_type),
        response=message_factory.GetMessageClass(method.output_type),
    )
