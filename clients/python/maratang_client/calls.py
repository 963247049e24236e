"""A call before it is made: what is asked, and what shape its answer has."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

from maratang_client.reading import camel, written

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One call. `key` is its Idempotency-Key, the same whenever it is tried again; `after` the Last-Event-ID of a stream."""

    answer: type[T]
    method: str
    path: str
    body: Mapping[str, object] | None = None
    key: str = ""
    after: str = ""
    watched_at: str = ""
    """Of a stream that can't be asked for twice: where it is read on, once it has begun; `{turn}` is the turn of its events."""

    @property
    def headers(self) -> dict[str, str]:
        """What its headers say."""
        said = {"idempotency-key": self.key, "last-event-id": self.after}
        return {name: value for name, value in said.items() if value}


def path(template: str, *values: str | int, **query: object) -> str:
    """A path with its variables, each as one segment, and the query parameters that are not None."""
    filled = template.format(*(quote(str(value), safe="") for value in values))
    said = {camel(name): str(written(value)) for name, value in query.items() if value is not None}
    return f"{filled}?{urlencode(said)}" if said else filled


def body(**values: object) -> dict[str, object]:
    """A request's body: the values that are not None."""
    return {camel(name): written(value) for name, value in values.items() if value is not None}


def key(request_id: str | None) -> str:
    """The caller's idempotency key, or a new one."""
    return uuid.uuid4().hex if request_id is None else request_id
