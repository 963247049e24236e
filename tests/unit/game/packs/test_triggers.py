"""Whose deed a trigger waits for."""

import pytest

from services.game.packs.compiler import compile_pack
from services.game.rules.events import Event, EventKind
from services.game.rules.pack import Pack
from tests.support.small_pack import small_files


def the_pack(trigger: str) -> Pack:
    rules = small_files()["rules.yaml"] + f"anybody:\n  on: [{trigger}]\n  effects: [set: {{flag.alarm: true}}]\n"
    return compile_pack(small_files() | {"rules.yaml": rules})


@pytest.mark.parametrize(
    ("trigger", "of_the_player", "of_the_guard"),
    [
        ("moved", True, False),
        ("moved: yard", True, False),
        ("moved: {place: yard}", True, False),
        ("moved: {place: yard, subject: player}", True, False),
        ("moved: {place: yard, subject: any}", True, True),
        ("moved: {place: yard, subject: guard}", False, True),
    ],
)
def test_what_anybody_can_do_is_the_players_unless_the_subject_says_whose(trigger: str, of_the_player: bool, of_the_guard: bool):
    pack = the_pack(trigger)
    woken = [
        "anybody" in {rule.rule_id for rule in pack.waiting.woken_by(Event(EventKind.MOVED, place="yard", subject=who))}
        for who in (None, "guard")
    ]
    assert woken == [of_the_player, of_the_guard]


def test_a_persons_own_statistic_is_theirs_without_saying_so():
    pack = the_pack("statistic_changed: favour")
    assert any(
        rule.rule_id == "anybody" for rule in pack.waiting.woken_by(Event(EventKind.STATISTIC_CHANGED, subject="guard", object="favour"))
    )
