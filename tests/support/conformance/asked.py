"""One request to two edges: what is asked, what the service behind them answers, and what each edge made of both."""

import json
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import text_format
from google.protobuf.message import Message

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the service does with the call, whichever it is."""

    messages: tuple[Message, ...] = ()
    code: grpc.StatusCode = grpc.StatusCode.OK
    details: str = "what happened"
    initial: tuple[tuple[str, str], ...] = ()
    trailing: tuple[tuple[str, str | bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request as it goes over the wire, and the reply that waits for it."""

    name: str
    method: str
    path: str
    """As it stands in the request line, the query with it."""
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
    reply: Reply = field(default_factory=Reply)
    differs: str = ""
    """The row of the differences that it shows; "": both edges must do the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A call that got to the service."""

    rpc: str
    request: Message
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The content type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def said(self) -> Json:
        """The body as it is meant: JSON, the messages of a stream, or bytes."""
        if self.kind == "text/event-stream":
            return [message for block in self.body.decode().split("\n\n") if (message := _message(block)) is not None]
        if self.kind in {"application/json", "application/problem+json"} and self.body:
            return json.loads(self.body)
        return self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one edge made of a request."""

    answer: Answer
    reached: Reached | None

    @property
    def same(self) -> tuple[object, ...]:
        """What two edges that do the same have the same of.

        A failure's body is none of it: ours are problem documents, Envoy's a google.rpc.Status or a text. What the service said stands in
        both.
        """
        # As text: what an Any holds has more than one form in bytes, and NaN is no equal of itself.
        call = None if self.reached is None else (self.reached.rpc, text_format.MessageToString(self.reached.request))
        if self.answer.status >= 400:
            return (self.answer.status, call, self.told if call is not None else "")
        return (self.answer.status, call, self.answer.headers.get("content-type"), self.answer.said)

    @property
    def told(self) -> str:
        """What is said of a failure."""
        if self.answer.kind == "application/problem+json":
            return str(self.answer.said["detail"])
        return str(self.answer.said.get("message", "")) if self.answer.kind == "application/json" else self.answer.body.decode()

    @property
    def shown(self) -> str:
        """In few words, for the table of differences: what became of the call, and what was answered."""
        got = "called" if self.reached is not None else "not called"
        reason = self.answer.said.get("reason", "") if self.answer.kind == "application/problem+json" else ""
        return " ".join(part for part in (str(self.answer.status), got, reason) if part)


def _message(block: str) -> Json | None:
    """A message of a stream, whole: of events with a name, the message that has the named field and the id."""
    fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
    if "data" not in fields:
        return None
    data = json.loads(fields["data"])
    if "event" not in fields or fields["event"] == "message":
        return data
    return {"id": fields.get("id", ""), fields["event"]: data}
