"""The OpenAPI 3.1 document, out of the descriptors and their comments."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib import metadata
from typing import Any

from maratang.game.v1 import turn_event_pb2

from services.chassis import access, errors
from services.gateway import bodies, bounds, examples, problems
from services.gateway.binding import KEY_MAX, Binder
from services.gateway.comments import comments, first_sentence
from services.gateway.json_reader import JsonReaders
from services.gateway.problems import status_of, type_of
from services.gateway.routes import Route, field_at
from services.gateway.schemas import Schema, Schemas
from services.gateway.streams import NDJSON, SSE, event_group

_REASON = re.compile(r"\b[A-Z][A-Z_]{3,}\b")
_METADATA = re.compile(r"Metadata: (\{[^}]*\})")
_KEY_WORDS = "Makes a repeat of the request the same request. The body's `requestId` is taken as well, if it says the same."
_LAST_WORDS = (
    "The id of the last event that was seen; the stream goes on after it. Empty: none was. The parameter `after` is taken as well."
)
_AS_ANOTHER = re.compile(r"the reasons of (\w+)")
_ALWAYS = ("INVALID_ARGUMENT", "UNKNOWN_FIELD", "INTERNAL", "SERVICE_UNAVAILABLE", "SHUTTING_DOWN", "DEADLINE_EXCEEDED", "NOT_IMPLEMENTED")
_WITH_BODY = ("MALFORMED_JSON", "UNSUPPORTED_MEDIA_TYPE", "BODY_TOO_LARGE")
_IDENTIFIED = ("UNAUTHENTICATED", "INVALID_TOKEN")
_ABOUT = f"""A server for story games that a rule engine decides and a language model tells.

Every failure is a problem document (RFC 9457, `application/problem+json`) with a `reason`. JSON is proto3's: lowerCamelCase, times
as RFC 3339, fields without presence always there. Bodies are JSON in UTF-8 of at most {bodies.MAX_BYTES} bytes, nested at most
{bodies.MAX_DEPTH} deep; unknown fields and query parameters are refused. Any call may carry `x-request-id`, `traceparent` and
`grpc-timeout`."""


def openapi(table: Iterable[Route], contract: bytes) -> dict[str, Any]:  # Any: what JSON holds
    """The document of these routes; `contract` is the FileDescriptorSet that has the comments."""
    return _Document(comments(contract)).of(tuple(table))


class _Document:
    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said
        self._schemas = Schemas(said)
        self._readers = JsonReaders()
        self._named: set[str] = set()

    def of(self, table: tuple[Route, ...]) -> dict[str, Any]:  # Any: as openapi()
        paths: dict[str, dict[str, Any]] = defaultdict(dict)
        for route in table:
            paths[_shown_path(route)][route.http_method.lower()] = self._operation(route)
        tags = {route.descriptor.containing_service.name: route.descriptor.containing_service.full_name for route in table}
        failures = {reason: {"value": self._problem(reason)} for reason in sorted(self._named)}
        schemas = {"Problem": _problem_schema(), **dict(sorted(self._schemas.components.items()))}
        return {
            "openapi": "3.1.0",
            "info": {"title": "Maratang", "version": metadata.version("maratang"), "description": _ABOUT, "license": _LICENSE},
            "servers": [{"url": "/"}],
            "tags": [{"name": name, "description": self._said.get(full_name, "")} for name, full_name in tags.items()],
            "paths": dict(paths),
            "components": {
                "schemas": schemas,
                "examples": failures,
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "The `accessToken` of signing in."}},
            },
        }

    def _operation(self, route: Route) -> dict[str, Any]:  # Any: as openapi()
        said = self._said.get(route.descriptor.full_name, "")
        allowed = access.access_of(route.rpc)
        operation: dict[str, Any] = {
            "operationId": route.descriptor.name,
            "tags": [route.descriptor.containing_service.name],
            "summary": first_sentence(said),
            "description": said,
            "security": [{"bearer": []}] if allowed == access.PLAYER else [{}, {"bearer": []}],
            "parameters": self._parameters(route),
            "responses": {**self._success(route), **self._problems(route)},
        }
        if route.body:
            body: dict[str, Any] = {"schema": self._body(route)}  # Any: as openapi()
            if (example := examples.BODIES.get(route.descriptor.name)) is not None:
                body["examples"] = {"example": {"value": example}}
            operation["requestBody"] = {"required": "required" in body["schema"], "content": {"application/json": body}}
        return operation

    def _body(self, route: Route) -> Schema:
        message = route.descriptor.input_type
        if route.body != "*":
            field = message.fields_by_name[route.body]
            nested = field.message_type
            assert nested is not None
            kept = bounds.changeable(self._said.get(field.full_name, ""))
            without = {one.name for one in nested.fields if kept and one.json_name not in kept}
            return self._schemas.object(nested, asked=True, without=without)
        return self._schemas.object(message, asked=True, without={one.field for one in route.template.variables})

    def _parameters(self, route: Route) -> list[dict[str, Any]]:  # Any: as openapi()
        binder = Binder(route, self._readers)
        message = route.descriptor.input_type
        made = []
        for variable in route.template.variables:
            field = field_at(message, variable.field)
            made.append({"name": _shown(variable.field), "in": "path", "required": True, **self._parameter(field)})
        shown = {path: name for name, path in reversed(list(binder.query.items()))}
        made += [
            {"name": name, "in": "query", "required": False, **self._parameter(field_at(message, path))}
            for path, name in sorted(shown.items())
            if not self._is_elsewhere(field_at(message, path))
        ]
        if binder.takes_key:
            made.append(_header("Idempotency-Key", _KEY_WORDS, minLength=1, maxLength=KEY_MAX, pattern="^[ -~]+$"))
        if binder.takes_last_event:
            made.append(_header("Last-Event-ID", _LAST_WORDS, pattern="^([0-9]{1,9}(-[0-9]{1,9})?)?$"))
        if route.http_method == "GET" and not route.streaming:
            made.append(_header("If-None-Match", "An `ETag` got before; 304 if it still holds."))
        return made

    def _is_elsewhere(self, field: Any) -> bool:  # Any: as _parameter
        return field.name == "request_id" or bounds.elsewhere(self._said.get(field.full_name, ""))

    def _parameter(self, field: Any) -> dict[str, Any]:  # Any: a descriptor, whose stub does not say what it is a field of
        schema = self._schemas.described(field, asked=True)
        shown = {"description": schema.pop("description", ""), "schema": schema}
        return {**shown, "example": examples.PARAMETERS[field.name]} if field.name in examples.PARAMETERS else shown

    def _success(self, route: Route) -> dict[str, Any]:  # Any: as openapi()
        output = route.descriptor.output_type
        headers = {"x-request-id": {"description": "The id that the log has the request under.", "schema": {"type": "string"}}}
        if route.streaming:
            return {"200": {"description": self._stream_words(route), "headers": headers, "content": self._stream_content(route)}}
        if route.raw:
            return {"200": {"description": "The document itself.", "headers": headers, "content": {"*/*": {}}}}
        schema = (
            self._schemas.field(output.fields_by_name[route.response_body], asked=False)
            if route.response_body
            else self._schemas.of(output)
        )
        words = self._said.get(output.full_name, "Done.")
        content: dict[str, Any] = {"schema": schema}  # Any: as openapi()
        if not route.response_body and (example := examples.ANSWERS.get(output.full_name)) is not None:
            content["examples"] = {"example": {"value": example}}
        answers: dict[str, Any] = {"200": {"description": words, "headers": headers, "content": {"application/json": content}}}
        if route.http_method == "GET":
            etag = {"description": "Names this very state; absent where the answer has no such name.", "schema": {"type": "string"}}
            answers["200"]["headers"] = {**headers, "etag": etag}
            answers["304"] = {"description": "What `If-None-Match` names still holds."}
        return answers

    def _stream_words(self, route: Route) -> str:
        return (
            f"{self._said.get(route.descriptor.output_type.full_name, '')} As server-sent events: `event` names what is said, `data` is "
            "its JSON, `id` is its id, `: ping` comes every 15 s; a failure after the first event is the event `error` with a problem "
            f"document. With `Accept: {NDJSON}`: a JSON object a line, each the whole message, an empty line as ping, and "
            '`{"error": <problem document>}` as the last line of a stream that failed.'
        )

    def _stream_content(self, route: Route) -> dict[str, Any]:  # Any: as openapi()
        output = route.descriptor.output_type
        group = event_group(output)
        events = {one.json_name: self._schemas.described(one, asked=False) for one in (group.fields if group is not None else ())}
        events["error"] = {"$ref": "#/components/schemas/Problem"}
        shown = {"examples": {"example": {"value": examples.STREAMED}}} if output is turn_event_pb2.TurnEvent.DESCRIPTOR else {}
        return {
            SSE: {"schema": _sent_events(events), "x-events": events, **shown},
            NDJSON: {"schema": {"type": "string"}, "x-line": self._schemas.of(output)},
        }

    def _problems(self, route: Route) -> dict[str, Any]:  # Any: as openapi()
        reasons = [*_ALWAYS, *(_WITH_BODY if route.body else ()), *_IDENTIFIED]
        reasons += self._reasons(self._said.get(route.descriptor.containing_service.full_name, ""), route)
        reasons += self._reasons(self._said.get(route.descriptor.full_name, ""), route)
        by_status: dict[int, list[str]] = defaultdict(list)
        for reason in dict.fromkeys(reasons):
            by_status[status_of(reason)].append(reason)
        self._named |= set(reasons)
        return {
            str(status): {
                "description": "; ".join(f"`{one}`: {errors.title_of(one)}" for one in found),
                "content": {
                    "application/problem+json": {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "examples": {one: {"$ref": f"#/components/examples/{one}"} for one in found},
                    }
                },
            }
            for status, found in sorted(by_status.items())
        }

    def _problem(self, reason: str) -> dict[str, object]:
        """A problem document as its reason's comment has it."""
        said = self._said[f"maratang.common.v1.ErrorReason.ERROR_REASON_{reason}"]
        shown = _METADATA.search(said)
        metadata = json.loads(shown[1]) if shown is not None else {}
        failed = errors.failure(reason, f"{first_sentence(said)}.", metadata=metadata)
        return problems.of_failure(failed).document("3f9c2b7e5a1d4c08")

    def _reasons(self, said: str, route: Route) -> list[str]:
        if another := _AS_ANOTHER.search(said):
            said += " " + self._said.get(f"{route.descriptor.containing_service.full_name}.{another[1]}", "")
        return [one for one in _REASON.findall(said) if one in errors.reasons()]


_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}


def _problem_schema() -> Schema:
    reasons = list(errors.reasons())
    return {
        "type": "object",
        "description": "A failure (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "description": f"Names the kind of failure: `{type_of('STALE_TURN')}`."},
            "title": {"type": "string", "description": "The same in a few constant words."},
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": {"type": "string", "description": "What is wrong with this request."},
            "instance": {"type": "string", "description": "The request's id, as in the header `x-request-id`."},
            "reason": {"type": "string", "description": "The reason, for programs.", "examples": reasons},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}, "description": "The variables of `detail`."},
            "errors": {
                "type": "array",
                "description": "What is wrong, field by field.",
                "items": {
                    "type": "object",
                    "required": ["field", "description"],
                    "properties": {"field": {"type": "string"}, "description": {"type": "string"}},
                },
            },
            "retryAfter": {
                "type": "number",
                "description": "Seconds after which the same request can succeed; exact, where `Retry-After` is whole.",
            },
        },
    }


def _header(name: str, description: str, **schema: object) -> dict[str, Any]:  # Any: as openapi()
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string", **schema}}


def _sent_events(events: Mapping[str, Schema]) -> Schema:
    """The schema of each event that is sent: its name, and its data, which is JSON."""
    data = {"type": "string", "contentMediaType": "application/json"}
    return {
        "description": "Each event.",
        "oneOf": [
            {
                "type": "object",
                "required": ["event", "data"],
                "properties": {
                    "id": {"type": "string"},
                    "event": {"const": name},
                    "data": {**data, "contentSchema": {key: value for key, value in schema.items() if key != "description"}},
                },
            }
            for name, schema in events.items()
        ],
    }


def _shown(path: str) -> str:
    """A field's path in lowerCamelCase."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), path)


def _shown_path(route: Route) -> str:
    return re.sub(r"\{([\w.]+)[^}]*\}", lambda found: f"{{{_shown(found[1])}}}", route.template.text)
