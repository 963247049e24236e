"""What the use cases give → messages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

import orjson
from google.api import httpbody_pb2
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from maratang.game.v1 import game_pb2, game_service_pb2, player_service_pb2, turn_event_pb2
from maratang.persistence.v1 import player_pb2

from services.chassis.timestamps import timestamp, timestamp_of_ms
from services.game.adapters.archived_bookmarks import Bookmark
from services.game.branches import Branch
from services.game.chronicles import Chronicle
from services.game.players import SignedIn
from services.game.reporting import Report
from services.game.stored import RESOLVED, Entry, LiveGame, Plain, Row, row_from_bytes
from services.game.telling.answers import Ending
from services.game.telling.plain import to_plain

M = TypeVar("M", bound=Message)


def message(kind: type[M], plain: Mapping[str, Any]) -> M:  # Any: JSON, which protobuf checks against the message
    """A message from the plain form of an answer: the names are the contract's, enum values its names in lower case."""
    return kind(**_fields(cast("Descriptor", kind.DESCRIPTOR), plain))


def _fields(descriptor: Descriptor, plain: Mapping[str, Any]) -> dict[str, Any]:  # Any: as above
    return {name: _field(descriptor.fields_by_name[name], value) for name, value in plain.items() if value is not None}


def _field(field: FieldDescriptor, value: Any) -> Any:  # Any: as above
    if isinstance(value, list):
        return [_field(field, one) for one in value]
    if field.message_type is not None:
        return _fields(field.message_type, value)
    if field.enum_type is not None:
        return value.upper()
    return value


def messages(kind: type[M], answers: Iterable[object]) -> list[M]:
    """Messages from answers."""
    return [message(kind, to_plain(answer)) for answer in answers]


def signed_in(signed: SignedIn) -> player_service_pb2.SignedIn:
    """A fresh sign-in, its token shown this once."""
    account = signed.account
    return player_service_pb2.SignedIn(
        player=player_pb2.Player(
            player_id=account.player_id,
            display_name=account.display_name,
            locale=account.locale,
            guest=account.guest,
            create_time=timestamp(account.create_time),
        ),
        access_token=signed.token,
        expire_time=timestamp(signed.expire_time),
    )


def game(
    live: LiveGame,
    *,
    opening: Row | None = None,
    view: Mapping[str, Any] | None = None,
    ending: Ending | None = None,
    replicated: bool = False,
) -> game_pb2.Game:  # Any: as above
    """A game; lists leave its opening and view out."""
    return game_pb2.Game(
        game_id=live.game_id,
        scenario_id=live.scenario_id,
        pack_hash=live.pack_hash,
        branch_id=live.branch_id,
        turn=live.number,
        status=game_pb2.Game.Status.Value(live.status),
        opening=turn(opening, replicated=replicated) if opening else None,
        view=message(game_pb2.View, view) if view else None,
        ending=message(game_pb2.Ending, to_plain(ending)) if ending else None,
        locale=live.locale,
        create_time=timestamp_of_ms(live.created_ms),
        update_time=timestamp_of_ms(live.updated_ms),
    )


def turn(row: Row, *, replicated: bool) -> game_pb2.Turn:
    """A row of the log as its player may see it."""
    record = row.record
    return game_pb2.Turn(
        game_id=row.game_id,
        branch_id=row.branch_id,
        turn=row.number,
        parent=row.parent if row.parent >= 0 else None,
        text=row.text,
        command=message(game_pb2.Command, record["command"]) if record["command"] else None,
        events=[message(game_pb2.Event, event) for event in record["shown"]],
        lines=[message(game_pb2.Line, line) for line in record["lines"]],
        telling=message(game_pb2.Telling, row.telling) if row.telling is not None else None,
        view=message(game_pb2.View, record["view"]),
        durability=game_pb2.Turn.REPLICATED if replicated else game_pb2.Turn.LOCAL,
        ending=message(game_pb2.Ending, record["ending"]) if record["ending"] else None,
    )


def settled_turn(entry: Entry, game_id: str) -> game_pb2.Turn:
    """The answer in a `settled` event, which spent no turn."""
    answer: Plain = orjson.loads(entry.data)
    resolved: Plain = answer.get("resolved") or {}
    return game_pb2.Turn(
        game_id=game_id,
        branch_id=answer["branch_id"],
        turn=answer["turn"],
        text=answer["text"],
        command=message(game_pb2.Command, answer["command"]) if answer["command"] else None,
        lines=[message(game_pb2.Line, line) for line in resolved.get("lines", ())],
        view=message(game_pb2.View, answer["view"]),
        clarify=message(game_pb2.Clarify, answer["clarify"]) if "clarify" in answer else None,
        refusal=message(game_pb2.Refusal, answer["refused"]) if "refused" in answer else None,
    )


_EVENTS: Mapping[str, type[Message]] = {
    "accepted": turn_event_pb2.Accepted,
    "resolved": turn_event_pb2.Resolved,
    "delta": turn_event_pb2.Delta,
    "reset": turn_event_pb2.Reset,
    "clarify": game_pb2.Clarify,
    "refused": game_pb2.Refusal,
    "ending": game_pb2.Ending,
}
_NUMBERED = frozenset({"delta", "reset"})


def event_id(number: int, k: int) -> str:
    """An event's id, as Last-Event-ID sends it back."""
    return f"{number}-{k}"


def turn_event(number: int, entry: Entry) -> turn_event_pb2.TurnEvent:
    """An event of a turn's stream, its last one aside."""
    plain: Plain = orjson.loads(entry.data)
    if entry.event in _NUMBERED:
        plain["k"] = entry.k
    event = turn_event_pb2.TurnEvent(id=event_id(number, entry.k))
    getattr(event, entry.event).CopyFrom(message(_EVENTS[entry.event], plain))
    return event


def told_row(entry: Entry) -> Row:
    """The row in a `told` event."""
    row = row_from_bytes(RESOLVED, entry.data)
    return row.told(row.telling or {})


def done(number: int, entry: Entry, answer: game_pb2.Turn) -> turn_event_pb2.TurnEvent:
    """The last event of a turn's stream."""
    return turn_event_pb2.TurnEvent(id=event_id(number, entry.k), done=answer)


def branch(one: Branch) -> game_service_pb2.Branch:
    """A way through a game's log."""
    return game_service_pb2.Branch(
        branch_id=one.branch_id,
        title=one.title,
        from_turn=one.from_turn,
        turn=one.turn,
        active=one.active,
        create_time=timestamp(one.create_time),
    )


def save(one: Bookmark) -> game_service_pb2.Save:
    """A named turn."""
    return game_service_pb2.Save(save_id=one.bookmark_id, title=one.title, turn=one.number, create_time=timestamp(one.create_time))


def following(part: slice, total: int) -> str:
    """The token of the page after a part of a short list; empty: there is no more."""
    return str(part.stop) if part.stop < total else ""


def body(content_type: str, text: str | bytes) -> httpbody_pb2.HttpBody:
    """An answer that is not JSON of a message."""
    return httpbody_pb2.HttpBody(content_type=content_type, data=text.encode() if isinstance(text, str) else text)


def json_body(turns: Sequence[game_pb2.Turn]) -> httpbody_pb2.HttpBody:
    """A transcript as JSON."""
    plain = [json_format.MessageToDict(one, always_print_fields_with_no_presence=True) for one in turns]
    return body("application/json", orjson.dumps({"turns": plain}))


def tellings(plain: Iterable[Plain]) -> list[game_pb2.Telling]:
    """Tellings of a turn."""
    return [message(game_pb2.Telling, one) for one in plain]


def chronicle(found: Chronicle) -> game_service_pb2.Chronicle:
    """A chronicle, as far as it is written."""
    chapters: list[game_service_pb2.Chapter] = []
    for paragraph in found.paragraphs:
        if not chapters or chapters[-1].title != paragraph.chapter:
            chapters.append(game_service_pb2.Chapter(title=paragraph.chapter))
        chapters[-1].paragraphs.append(game_service_pb2.Paragraph(text=paragraph.text, turns=paragraph.turns))
    return game_service_pb2.Chronicle(game_id=found.game_id, title=found.title, chapters=chapters, complete=found.is_complete)


def chronicle_events(found: Chronicle, after: int) -> Iterator[game_service_pb2.ChronicleEvent]:
    """The events of what there is of a chronicle, those after `after`: they are numbered from 1, whoever streams them."""
    whole = chronicle(found)
    events: list[dict[str, Any]] = []  # Any: a message of one of three kinds
    for chapter in whole.chapters:
        events.append({"chapter": game_service_pb2.Chapter(title=chapter.title)})
        events += [{"paragraph": paragraph} for paragraph in chapter.paragraphs]
    if found.is_complete:
        events.append({"done": whole})
    for number, event in enumerate(events, 1):
        if number > after:
            yield game_service_pb2.ChronicleEvent(id=str(number), **event)


def report(kept: Report) -> game_service_pb2.Report:
    """A report."""
    return game_service_pb2.Report(report_id=kept.report_id, turn=kept.number, create_time=timestamp(kept.create_time))
