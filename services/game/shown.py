"""The events of a turn's stream: their names and their JSON, as Redis keeps them and `wire` reads them.

`accepted` `resolved` `delta` `reset` `clarify` `refused` `ending` are the contract's. Two more end a stream, and both become the
contract's `done`: `told` holds the row as it is stored, `settled` an answer that spent no turn.
"""

from collections.abc import Sequence

import orjson

from services.game.stored import Entry, Plain, Row, row_bytes
from services.game.telling.answers import Clarify, Line, View, VisibleEvent
from services.game.telling.plain import to_plain

LAST_EVENTS = frozenset({"told", "settled"})
"""The events that end a turn's stream."""
ERASED = "erased"
"""What a stream ends with whose game was erased meanwhile."""

Event = tuple[str, bytes]
"""A name and its JSON."""


def accepted_data(number: int) -> bytes:
    """What says that an action is being decided, as the turn of this number."""
    return b'{"turn":%d}' % number


def resolved(events: Sequence[VisibleEvent], lines: Sequence[Line], view: View) -> Plain:
    """What the rules decided, as the player may know it."""
    return {"events": [to_plain(event) for event in events], "lines": [to_plain(line) for line in lines], "view": to_plain(view)}


def refused(lines: Sequence[Line]) -> Plain:
    """Why it can't be done."""
    return {"lines": [to_plain(line) for line in lines]}


def delta(text: str, speaker: str | None) -> bytes:
    """A piece of the telling."""
    return orjson.dumps({"text": text, "speaker": speaker} if speaker else {"text": text})


def text_of(entries: Sequence[Entry]) -> str:
    """The text that a reader has of a telling: that since it last began anew."""
    text = ""
    for entry in entries:
        if entry.event in {"resolved", "reset"}:
            text = ""
        elif entry.event == "delta":
            text += orjson.loads(entry.data)["text"]
    return text


def settled(number: int, branch_id: str, text: str, command: Plain | None, view: View, **answer: Plain) -> Plain:
    """An answer that spends no turn: `resolved`, `refused` or `clarify`. `number` is the one the game has, before and after."""
    return {"turn": number, "branch_id": branch_id, "text": text, "command": command, "view": to_plain(view), **answer}


def settled_events(answer: Plain) -> list[Event]:
    """The events of an answer that spends no turn, `accepted` aside."""
    named: list[Event] = [(name, orjson.dumps(answer[name])) for name in ("resolved", "refused", "clarify") if name in answer]
    return [*named, ("settled", orjson.dumps(answer))]


def told_events(row: Row) -> list[Event]:
    """The events that a told row ends with."""
    ending: list[Event] = [("ending", orjson.dumps(row.record["ending"]))] if row.record.get("ending") else []
    return [*ending, ("told", row_bytes(row))]


def beginning(row: Row) -> tuple[Event, Event]:
    """The two events that a row's stream begins with."""
    record = row.record
    resolved = {"events": record.get("shown", []), "lines": record.get("lines", []), "view": record.get("view")}
    return ("accepted", accepted_data(row.number)), ("resolved", orjson.dumps(resolved))


def replayed(row: Row, *, after: int) -> list[Entry]:
    """The stream of a told row whose own was let go: the same text in one piece.

    Who has had some of it, up to the event `after`, can't be told where to go on: it is all shown anew.
    """
    events: list[Event] = [("reset", b"{}")] if after else [*beginning(row)]
    if row.telling is not None and row.telling["text"]:
        events.append(("delta", delta(row.telling["text"], None)))
    events.extend(told_events(row))
    return [Entry(k=at, event=name, data=data, row=row) for at, (name, data) in enumerate(events, after + 1)]


def clarify(question: Clarify) -> Plain:
    """A question back."""
    return to_plain(question)
