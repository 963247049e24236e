"""The checker itself: what it must find, and what it must let pass."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.chaos.history import Kept, Outcome, Told, Violation, check

LOG = tuple(
    Kept(number=number, key=f"k{number}" if number else "", asked="wait", text=f"text {number}", resolved=f"r{number}")
    for number in range(4)
)


def told(number: int, **more) -> Told:
    """The acknowledgement of one of LOG's rows; each takes a second, one after another."""
    plain = Told(
        game="g",
        key=f"k{number}",
        expected=number - 1,
        asked="wait",
        invoked=10.0 * number,
        completed=10.0 * number + 1,
        outcome=Outcome.TURN,
        turn=number,
        text=f"text {number}",
        shown=f"text {number}",
        resolved=f"r{number}",
        replicated=True,
    )
    return replace(plain, **more)


def found(history: Sequence[Told], log: Sequence[Kept] = LOG, wipes: Sequence[float] = ()) -> list[str]:
    """Which promises are broken."""
    return sorted({one.invariant for one in check(history, {"g": log}, wipes).violations})


WHOLE = (told(1), told(2), told(3))


def test_a_history_that_the_log_agrees_with_is_in_order():
    verdict = check(WHOLE, {"g": LOG})

    assert (verdict.violations, verdict.acknowledged, verdict.forgiven) == ((), 3, 0)


@pytest.mark.parametrize(
    ("broken", "history", "log"),
    [
        ("an acknowledged turn is missing", WHOLE, LOG[:3]),
        ("it has another text", (told(1), told(2), told(3, text="other", shown="other")), LOG),
        ("it has another number", (told(1), told(2), told(3, turn=4)), LOG),
        ("it was resolved otherwise", (told(1), told(2), told(3, resolved="other")), LOG),
    ],
)
def test_i1_finds_that(broken: str, history: Sequence[Told], log: Sequence[Kept]):
    assert "I1" in found(history, log), broken


@pytest.mark.parametrize(
    ("broken", "history", "log"),
    [
        ("a number stands twice", WHOLE, (*LOG, replace(LOG[3], key="k4"))),
        ("a key stands twice", WHOLE, (*LOG, replace(LOG[3], number=4))),
        ("a row was sent by nobody", WHOLE, (*LOG, Kept(number=4, key="phantom", asked="wait", text="", resolved=""))),
        ("a row holds another action than was sent", (told(1), told(2), told(3, asked="move")), LOG),
        ("a row stands at another turn than was expected", (told(1), told(2), told(3, expected=1)), LOG),
        ("one key was answered in two ways", (*WHOLE, told(3, text="text 4", shown="text 4")), LOG),
        ("one turn was acknowledged to two", (*WHOLE, told(3, key="k2", expected=1)), LOG),
        ("what was refused as stale is a turn", (told(1), told(2), told(3, outcome=Outcome.STALE, contested=True)), LOG),
        ("what spent no turn is one", (told(1), told(2), told(3, outcome=Outcome.SETTLED)), LOG),
        ("the only one who plays was told that the game had moved on", (*WHOLE, told(4, outcome=Outcome.STALE)), LOG),
    ],
)
def test_i2_finds_that(broken: str, history: Sequence[Told], log: Sequence[Kept]):
    assert "I2" in found(history, log), broken


def test_i4_finds_a_turn_that_was_asked_for_after_a_later_one_was_over():
    assert found((told(1), told(2, invoked=32.0, completed=33.0), told(3))) == ["I4"]


def test_i4_lets_turns_pass_that_overlap():
    assert found((told(1), told(2, invoked=30.5, completed=33.0), told(3))) == []


@pytest.mark.parametrize(
    ("broken", "history"),
    [
        ("the deltas are not the text", (told(1), told(2), told(3, shown="text"))),
        ("a broken stream had shown something else", (told(1), told(2), told(3, abandoned=["other"]))),
    ],
)
def test_i6_finds_that(broken: str, history: Sequence[Told]):
    assert found(history) == ["I6"], broken


def test_i6_lets_a_beginning_pass_and_anything_before_a_reset():
    assert found((told(1), told(2, abandoned=["", "te"]), told(3, abandoned=["other"], resets=1))) == []


def test_what_was_local_may_go_with_a_wiped_redis_and_what_was_replicated_may_not():
    local = (told(1), told(2), told(3, replicated=False))
    verdict = check(local, {"g": LOG[:3]}, [40.0])

    assert (verdict.violations, verdict.forgiven) == ((), 1)
    assert found(WHOLE, LOG[:3], [40.0]) == ["I1"]
    assert found(local, LOG[:3], [20.0]) == ["I1"], "it was acknowledged long after the wipe"


def test_a_violation_says_where_it_is():
    (violation,) = check(WHOLE, {"g": LOG[:3]}).violations

    assert isinstance(violation, Violation)
    assert str(violation).startswith("I1 game g: turn 3 was acknowledged and is not in the log")


def test_unknown_outcomes_bind_nobody():
    unknown = told(4, outcome=Outcome.UNKNOWN, completed=None)
    asked = Kept(number=4, key="k4", asked="wait", text=None, resolved="")

    assert found((*WHOLE, unknown)) == []
    assert found((*WHOLE, unknown), (*LOG, asked)) == []
