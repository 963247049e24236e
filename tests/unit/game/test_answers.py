"""Answers as messages: what a whole game shows is what protobuf makes of the same JSON by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from maratang.game.v1 import game_pb2, game_service_pb2

from services.game import shown
from services.game.rules import codec
from services.game.rules.begin import begin
from services.game.rules.commands import Refused
from services.game.rules.decide import play
from services.game.stored import RESOLVED, Entry, Plain, Row
from services.game.telling.answers import Action, Check, Clarify, Line, Telling, ToldBy
from services.game.telling.lines import ending_of, refusal_lines, visible_events
from services.game.telling.plain import to_plain
from services.game.telling.template import template
from services.game.telling.view import actions_of, clues_of, known_places, people_of, view_of
from services.game.wire import answers
from services.game.wire.messages import message
from tests.support.scenarios import scenario

TELLING = Telling(
    text="It opens.\nDust.",
    lines=(Line(text="It opens."), Line(text="Dust.", speaker="olga")),
    told_by=ToldBy.LORA,
    model="gemma",
    checks=(Check(name="secrets", passed=True), Check(name="length", passed=False)),
)


def rows(name: str, locale: str) -> Iterator[tuple[Row, list[Plain]]]:
    """The rows of a game to each of its endings that the pack has a way to, with the other lists that a player may ask for then."""
    pack, trials = scenario(name)
    for commands in trials.witnesses.values():
        state, _ = begin(pack, trials.seed)
        for number, command in enumerate(commands, 1):
            before = state
            events, state = play(pack, before, command)
            lines, ending = template(pack, before, events, state, locale), ending_of(pack, state, locale)
            resolved = shown.resolved(visible_events(events), lines, view_of(pack, state, locale, number))
            record = {
                "command": codec.command_to_plain(command),
                "shown": resolved["events"],
                "lines": resolved["lines"],
                "view": resolved["view"],
                "ending": to_plain(ending) if ending else None,
            }
            row = Row(
                game_id="g", number=number, parent=number - 2, branch_id="main", depth=number, revision=RESOLVED, key="k", action_hash="",
                text="열어" if number % 2 else "", record=record, state_hash=b"", created_ms=1,
                telling=to_plain(TELLING) if number % 3 else None,
            )  # fmt: skip
            lists = (actions_of(pack, state, locale), known_places(pack, state, locale), clues_of(pack, state, locale))
            yield row, [to_plain(one) for each in (*lists, people_of(pack, state, locale)) for one in each]


def as_json(kind: Descriptor, plain: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON
    """The plain form as protobuf's own JSON has it: enum values by their names."""

    def value_of(name: str, value: Any) -> Any:  # Any: as above
        field = kind.fields_by_name[name]
        if isinstance(value, list):
            return [value_of(name, one) for one in value]
        if field.message_type is not None:
            return as_json(field.message_type, value)
        return value.upper() if field.enum_type is not None else value

    return {name: value_of(name, value) for name, value in plain.items() if value is not None}


def expected(message: Message, plain: Mapping[str, Any]) -> Message:  # Any: as above
    """What protobuf makes of the plain form of such a message."""
    return json_format.ParseDict(as_json(message.DESCRIPTOR, plain), type(message)())


@pytest.mark.parametrize(("name", "locale"), [("snowmark", "ko"), ("tutorial", "en")])
def test_a_turn_is_what_protobuf_makes_of_its_row(name: str, locale: str):
    seen = 0
    for row, _ in rows(name, locale):
        record = row.record
        plain = {
            "game_id": row.game_id, "branch_id": row.branch_id, "turn": row.number, "parent": row.parent if row.parent >= 0 else None,
            "text": row.text, "command": record["command"], "events": record["shown"], "lines": record["lines"], "telling": row.telling,
            "view": record["view"], "durability": "local", "ending": record["ending"],
        }  # fmt: skip
        made = answers.turn(row, replicated=False)
        assert made == expected(made, plain)
        assert made.HasField("telling") is (row.telling is not None)
        assert answers.turn(row, replicated=True).durability == game_pb2.Turn.REPLICATED
        seen |= 1 << made.HasField("ending")
    assert seen == 0b11, "turns with and without an ending"


def test_an_event_is_what_protobuf_makes_of_its_json():
    pack, _ = scenario("snowmark")
    for row, _ in rows("snowmark", "ko"):
        resolved = orjson.loads(shown.beginning(row)[1][1])
        named: dict[str, Plain] = {
            "accepted": {"turn": row.number},
            "resolved": resolved,
            "delta": orjson.loads(shown.delta("먼지", "olga")),
            "reset": {},
            "refused": shown.refused(refusal_lines(pack, Refused("refusal.unreadable"), "ko")),
            "clarify": shown.clarify(
                Clarify(question="?", choices=(Action(label="a", command=codec.command_from_plain(row.record["command"])),))
            ),
            **({"ending": row.record["ending"]} if row.record["ending"] else {}),
        }
        for k, (event, plain) in enumerate(named.items(), 1):
            made = answers.turn_event(row.number, Entry(k=k, event=event, data=orjson.dumps(plain)))
            numbered = {"k": k} if event in {"delta", "reset"} else {}
            assert made == expected(made, {"id": f"{row.number}-{k}", event: plain | numbered})
            assert made.WhichOneof("event") == event


def test_an_answer_that_spends_no_turn_is_what_protobuf_makes_of_it():
    pack, trials = scenario("snowmark")
    state, _ = begin(pack, trials.seed)
    view, lines = view_of(pack, state, "ko", 3), (Line(text="눈이 온다."),)
    choices = actions_of(pack, state, "ko")
    for name, answer in (
        ("refused", shown.refused(lines)),
        ("clarify", shown.clarify(Clarify(question="무엇을?", choices=choices))),
        ("resolved", shown.resolved((), lines, view)),
    ):
        whole = shown.settled(3, "main", "봐", None, view, **{name: answer})
        made = answers.settled_turn(Entry(k=2, event="settled", data=orjson.dumps(whole)), "g")
        field = {"refused": "refusal", "clarify": "clarify"}.get(name)
        plain = {"game_id": "g", "branch_id": "main", "turn": 3, "text": "봐", "view": whole["view"]}
        assert made == expected(made, plain | ({field: answer} if field else {"lines": answer["lines"]}))
        assert not made.HasField("command")


def test_the_lists_that_a_player_asks_for_are_what_protobuf_makes_of_them():
    kinds: Mapping[str, type[Message]] = {
        "command": game_pb2.Action,
        "exits": game_service_pb2.KnownPlace,
        "clue_id": game_service_pb2.Clue,
        "person_id": game_service_pb2.Acquaintance,
    }
    seen = set[str]()
    for _, lists in rows("snowmark", "ko"):
        for plain in lists:
            of_kind = next((kind for name, kind in kinds.items() if name in plain), game_service_pb2.KnownPlace)
            made = message(of_kind, plain)
            assert made == expected(made, plain)
            seen.add(of_kind.__name__)
    assert seen == {kind.__name__ for kind in kinds.values()}
