"""Server streams as HTTP: server-sent events, or JSON lines."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.descriptor import Descriptor, OneofDescriptor
from google.protobuf.message import Message

from services.gateway import problems
from services.gateway.json_writer import JsonWriters
from services.gateway.problems import Problem

SSE = "text/event-stream"
NDJSON = "application/x-ndjson"


class Framing(Protocol):
    """How the messages of one stream are written."""

    content_type: bytes
    ping: bytes
    """What is sent when there is nothing to say, so that nobody on the way takes the line for dead."""

    def message(self, message: Message) -> bytes:
        """A message."""

    def failure(self, problem: Problem, request_id: str) -> bytes:
        """The failure that ends the stream."""


class SseFraming:
    """Server-sent events: named by the set field of the message's oneof, whose JSON is the data; the message's `id` is the id."""

    content_type = SSE.encode()
    ping = b": ping\n\n"

    def __init__(self, descriptor: Descriptor, writers: JsonWriters) -> None:
        group = event_group(descriptor)
        self._group = group.name if group is not None else None
        self._has_id = "id" in descriptor.fields_by_name
        self._whole = writers.encode(descriptor)
        self._heads: dict[str, tuple[bytes, Callable[[object], object]]] = {}
        for field in group.fields if group is not None else ():
            self._heads[field.name] = (f"event: {field.json_name}\ndata: ".encode(), writers.field(field))

    def message(self, message: Message) -> bytes:
        """One event. JSON in one line: its line breaks are escaped."""
        name = message.WhichOneof(self._group) if self._group is not None else None
        begin = b""
        # An id of more than one line would be more than an id.
        if self._has_id and (event := message.id) and "\n" not in event and "\r" not in event:  # type: ignore[attr-defined]  # looked for above
            begin = f"id: {event}\n".encode()
        if name is None:
            return begin + b"event: message\ndata: " + self._whole(message) + b"\n\n"
        head, write = self._heads[name]
        return begin + head + problems.dumps(write(getattr(message, name))) + b"\n\n"

    def failure(self, problem: Problem, request_id: str) -> bytes:
        """The event `error`, whose data is the problem document; with `retry`, where it says when to come again."""
        retry = b"" if problem.retry_after is None else b"retry: %d\n" % (problem.retry_after.total_seconds() * 1000)
        return retry + b"event: error\ndata: " + problems.dumps(problem.document(request_id)) + b"\n\n"


class LineFraming:
    """JSON lines: each the whole message; a failure is `{"error": <problem document>}`; a ping is an empty line."""

    content_type = NDJSON.encode()
    ping = b"\n"

    def __init__(self, descriptor: Descriptor, writers: JsonWriters) -> None:
        self._whole = writers.encode(descriptor)

    def message(self, message: Message) -> bytes:
        """One line."""
        return self._whole(message) + b"\n"

    def failure(self, problem: Problem, request_id: str) -> bytes:
        """The last line."""
        return problems.dumps({"error": problem.document(request_id)}) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Framings:
    """Both framings of one message type."""

    sse: SseFraming
    lines: LineFraming

    def accepted(self, accept: str) -> Framing:
        """The one that an Accept header asks for; server-sent events unless it prefers JSON lines."""
        weights = {SSE: 0.0, NDJSON: 0.0}
        for part in accept.split(","):
            kind, *parameters = (one.strip().lower() for one in part.split(";"))
            quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
            named = NDJSON if kind == "application/ndjson" else kind
            if named in weights:
                weights[named] = float(quality) if quality.replace(".", "", 1).isdigit() else 0.0
        return self.lines if weights[NDJSON] > weights[SSE] else self.sse


def event_group(descriptor: Descriptor) -> OneofDescriptor | None:
    """The oneof that says which event a message is; None where it is more than that: besides its oneof it may have an `id` only."""
    groups = [one for one in descriptor.oneofs if one.name != f"_{one.fields[0].name}"]
    if len(groups) != 1:
        return None
    others = {field.name for field in descriptor.fields} - {field.name for field in groups[0].fields}
    return groups[0] if others <= {"id"} else None
