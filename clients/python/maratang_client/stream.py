"""One stream while it is read, over as many connections as it takes."""

import json
from dataclasses import replace
from typing import Generic, TypeAlias, TypeVar

from maratang_client.calls import Call
from maratang_client.failures import Foreign, MaratangError, Problem, Unreachable, problem
from maratang_client.reading import Misread, event_kinds, read
from maratang_client.sse import ServerSent

T = TypeVar("T")
_LAST = "done"
_Place: TypeAlias = tuple[int, ...]
"""An event's id: its place in the stream; of turns, the turn before it."""


class Stream(Generic[T]):
    """Says what to ask for next, and which events are new. It does no input or output of its own."""

    def __init__(self, call: Call[T]) -> None:
        self._first = call
        self._seen: _Place = _place(call.after) or (-1,)
        self.call = call
        """What to ask for now."""
        self.done = False
        """Whether the last event was read."""

    def received(self, sent: ServerSent) -> T | None:
        """The event, if it is new and one that this version knows. Raises the Problem that the server says in the stream, or Foreign."""
        place = _place(sent.id)
        if place is not None:
            if place <= self._seen:
                return None  # the same answer again, under the same key, begins with what was seen
            self._seen = place
            self._read_on(sent.id, place[0])
        data = parsed(sent.data)
        if sent.name == "error":
            raise problem(500, data)
        kind = event_kinds(self._first.answer).get(sent.name)
        if kind is None:
            return None
        try:
            event = self._first.answer(id=sent.id, event=read(kind, data))  # type: ignore[call-arg]  # every stream's shape has both
        except Misread as error:
            raise Foreign(str(error)) from error
        self.done = self.done or sent.name == _LAST
        return event

    def ended(self) -> None:
        """The connection came to its end. Raises Unreachable unless the stream did."""
        if not self.done:
            raise Unreachable("the stream was cut")

    def goes_on(self, failed: MaratangError) -> bool:
        """Whether to ask again at once, otherwise; else one waits, if `failed` passes."""
        if isinstance(failed, Problem) and failed.reason == "TURN_NOT_FOUND" and self.call is not self._first:
            # What spends no turn leaves nothing to watch, but its answer is kept under its key.
            self.call = self._first
            return True
        return False

    def _read_on(self, event_id: str, turn: int) -> None:
        if self._first.watched_at:
            self.call = Call(answer=self._first.answer, method="GET", path=self._first.watched_at.format(turn=turn), after=event_id)
        else:
            self.call = replace(self._first, after=event_id)


def parsed(text: str | bytes) -> object:
    """JSON's value. Raises Foreign."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise Foreign("an answer that is no JSON") from error


def _place(event_id: str) -> _Place | None:
    parts = event_id.split("-")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else None
