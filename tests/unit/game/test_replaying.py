"""A game recomputed from its log, and what is found when something in it was tampered with."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.game.opening import opened, opening_row
from services.game.path import path_to, state_after
from services.game.replaying import replayed
from services.game.rules import codec
from services.game.rules.decide import play
from services.game.stored import LiveGame, Row, compress
from tests.support.playthroughs import tutorial
from tests.support.walks import command

PACK, _ = tutorial()
SEED = "replayed"
COMMANDS = ("open nightstand", "take photo", "move living_room")
Tamper = Callable[[LiveGame, dict[int, Row]], tuple[LiveGame, dict[int, Row]]]


def a_game() -> tuple[LiveGame, dict[int, Row]]:
    """A game of three turns, the second of which was taken back and taken again: rows 0 1 2 3(undo to 1) 4 5."""
    state, _ = opened(PACK, SEED)
    game = LiveGame(
        game_id="g", owner="p", scenario_id="tutorial", pack_hash=PACK.pack_hash, locale="en", seed=SEED, epoch=0, number=0, persisted=-1,
        branch_id="main", depth=0, status="ACTIVE", ending="", state=b"", state_hash=b"", asked="", created_ms=1, updated_ms=1,
    )  # fmt: skip
    opening = opening_row(game, PACK)
    rows, states = {0: opening}, {0: state}
    for spelt in (COMMANDS[0], COMMANDS[1], None, COMMANDS[1], COMMANDS[2]):
        number = len(rows)
        parent = number - 1
        record = {**opening.record, "command": None, "events": [], "lines": []}
        if spelt is None:
            parent, record["jump"] = 1, {"kind": "undo", "to": 1}
            states[number] = states[1]
        else:
            outcome = play(PACK, states[parent], command(spelt))
            record |= {
                "command": codec.command_to_plain(command(spelt)),
                "label": None,
                "events": [codec.event_to_plain(event) for event in outcome.events],
            }
            states[number] = outcome.state
        rows[number] = replace(
            opening, number=number, parent=parent, depth=states[number].meta.turn, record=record,
            state_hash=codec.state_hash(states[number]),
        )  # fmt: skip
    last = max(rows)
    encoded = codec.encode(states[last])
    return replace(game, number=last, depth=rows[last].depth, state=compress(encoded), state_hash=codec.state_hash(encoded)), rows


def test_an_honest_log_replays_without_a_difference():
    game, rows = a_game()
    found = replayed(PACK, game, rows)
    assert (found.rows, found.differences, found.strayed) == (6, (), False)
    assert [row.number for row in path_to(rows, 5)] == [0, 1, 3, 4, 5]
    assert state_after(PACK, SEED, path_to(rows, 5)) == found.states[5]


def _changed(number: int, **changes: object) -> Tamper:
    return lambda game, rows: (game, {**rows, number: replace(rows[number], **changes)})


def _record(number: int, **changes: object) -> Tamper:
    return lambda game, rows: (game, {**rows, number: replace(rows[number], record={**rows[number].record, **changes})})


def _without(number: int) -> Tamper:
    return lambda game, rows: (game, {at: row for at, row in rows.items() if at != number})


def _played_elsewhere(game: LiveGame, rows: dict[int, Row]) -> tuple[LiveGame, dict[int, Row]]:
    return replace(game, state=compress(codec.encode(opened(PACK, SEED)[0]))), rows


@pytest.mark.parametrize(
    ("tamper", "said", "strayed"),
    [
        (_changed(4, state_hash=b"x" * 32), "turn 4: its events lead to another state", False),
        (_record(5, events=[]), "turn 5: the rules decide other events", True),
        (_record(5, command={"verb": "take", "object": "clock"}), "turn 5: the rules refuse its command", False),
        (_record(4, events=[{"kind": "taken", "object": "crown"}]), "turn 4: its events can't be replayed", False),
        (_without(1), "the log lacks turn 1", False),
        (_played_elsewhere, "the state that is played is not the one that the log leads to", True),
        (lambda game, rows: (replace(game, depth=9), rows), "the game stands on branch main at depth 9", True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_tampered_with_is_named(tamper: Tamper, said: str, strayed: bool):
    found = replayed(PACK, *tamper(*a_game()))
    assert any(difference.startswith(said) for difference in found.differences), found.differences
    assert found.strayed is strayed
