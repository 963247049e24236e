"""What the use cases give → messages."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from google.api import httpbody_pb2
from google.protobuf import json_format
from maratang.game.v1 import game_pb2, game_service_pb2, player_service_pb2, turn_event_pb2
from maratang.persistence.v1 import player_pb2

from services.chassis.timestamps import timestamp, timestamp_of_ms
from services.game.adapters.archived_bookmarks import Bookmark
from services.game.branches import Branch
from services.game.chronicles import Chronicle
from services.game.players import SignedIn
from services.game.reporting import Report
from services.game.stored import Entry, LiveGame, Plain, Row
from services.game.telling.answers import Ending
from services.game.telling.plain import to_plain
from services.game.wire.messages import message


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
    view: Plain | None = None,
    ending: Ending | None = None,
    replicated: bool = False,
) -> game_pb2.Game:
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
    return message(
        game_pb2.Turn,
        {
            "game_id": row.game_id,
            "branch_id": row.branch_id,
            "turn": row.number,
            "parent": row.parent if row.parent >= 0 else None,
            "text": row.text,
            "command": record["command"],
            "events": record["shown"],
            "lines": record["lines"],
            "telling": row.telling,
            "view": record["view"],
            "durability": "replicated" if replicated else "local",
            "ending": record["ending"],
        },
    )


def settled_turn(entry: Entry, game_id: str) -> game_pb2.Turn:
    """The answer in a `settled` event, which spent no turn."""
    answer: Plain = orjson.loads(entry.data)
    resolved: Plain = answer.get("resolved") or {}
    return message(
        game_pb2.Turn,
        {
            "game_id": game_id,
            "branch_id": answer["branch_id"],
            "turn": answer["turn"],
            "text": answer["text"],
            "command": answer["command"],
            "lines": resolved.get("lines"),
            "view": answer["view"],
            "clarify": answer.get("clarify"),
            "refusal": answer.get("refused"),
        },
    )


_NUMBERED = frozenset({"delta", "reset"})


def event_id(number: int, k: int) -> str:
    """An event's id, as Last-Event-ID sends it back."""
    return f"{number}-{k}"


def turn_event(number: int, entry: Entry) -> turn_event_pb2.TurnEvent:
    """An event of a turn's stream, its last one aside."""
    plain: Plain = orjson.loads(entry.data)
    if entry.event in _NUMBERED:
        plain["k"] = entry.k
    return message(turn_event_pb2.TurnEvent, {"id": event_id(number, entry.k), entry.event: plain})


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
