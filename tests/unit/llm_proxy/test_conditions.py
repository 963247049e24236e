"""A model's condition follows from what is noticed of it, and whatever it is, there is a way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm_proxy.conditions import (
    FAULTS_IN_A_ROW,
    LEASE_SECONDS,
    MAX_OPEN_SECONDS,
    OPEN_SECONDS,
    PROBE_SECONDS,
    Condition,
    Signal,
    State,
)

MIDDLE = 0.5
"""Of the jitter: none."""


def condition(state: State = State.READY) -> Condition:
    return Condition(lambda: MIDDLE, state)


def after(*signals: Signal, state: State = State.READY) -> Condition:
    one = condition(state)
    for at, signal in enumerate(signals):
        one.note(signal, float(at) / 100, "WHY")
    return one


F, OK = Signal.FAULT, Signal.DONE


@pytest.mark.parametrize(
    ("signals", "state"),
    [
        ([], State.READY),
        ([Signal.BUSY], State.SATURATED),
        ([Signal.BUSY] * 50, State.SATURATED),
        ([Signal.BUSY, OK], State.SATURATED),
        ([Signal.SILENT], State.SUSPECT),
        ([Signal.SILENT, Signal.TOKEN], State.READY),
        ([Signal.SILENT, Signal.TOKEN, Signal.SILENT], State.SUSPECT),
        ([Signal.SILENT, Signal.SILENT], State.OPEN),
        ([F] * 4, State.READY),
        ([F] * 5, State.OPEN),
        ([F, F, F, F, OK, F, F, F, F], State.READY),
        ([F, F, OK, F, F, OK, OK, OK, OK, F], State.OPEN),
        ([F, OK, OK, OK, OK, F, OK, OK, OK, F, OK, F], State.READY),
        ([F, F, Signal.BUSY, F, F, F], State.OPEN),
        ([Signal.AWAY], State.OFFLINE),
        ([Signal.AWAY, OK], State.READY),
        ([Signal.AWAY, Signal.LISTED], State.READY),
        ([Signal.AWAY, Signal.BUSY], State.OFFLINE),
        ([Signal.REFUSED], State.MISCONFIGURED),
        ([Signal.REFUSED, Signal.LISTED], State.READY),
        ([F] * 5 + [Signal.LISTED], State.OPEN),
        ([F] * 5 + [Signal.AWAY], State.OFFLINE),
    ],
)
def test_the_state_after(signals: list[Signal], state: State):
    one = after(*signals)

    assert one.state is state
    assert bool(one.reason) or state is State.READY


@given(st.lists(st.tuples(st.sampled_from(Signal), st.floats(0, 40)), max_size=60), st.floats(0, 1))
def test_whatever_happened_there_is_a_way_back(history: list[tuple[Signal, float]], chance: float):
    one, now = Condition(lambda: chance), 0.0
    for signal, pause in history:
        now += pause
        one.note(signal, now, "WHY")

    if (probe := one.next_probe(now)) is not None:
        assert probe <= PROBE_SECONDS[-1] + 1e-6
        one.note(Signal.LISTED, now + probe)
    now += 1.2 * MAX_OPEN_SECONDS + LEASE_SECONDS
    assert one.at(now) in {State.READY, State.HALF_OPEN}
    assert not one.leased(now)
    one.note(Signal.DONE, now)
    one.note(Signal.DONE, now)
    assert (one.state, one.reason) == (State.READY, "")


@given(st.lists(st.sampled_from([Signal.BUSY, Signal.DONE, Signal.TOKEN, Signal.LISTED]), max_size=200))
def test_neither_refusals_for_want_of_room_nor_successes_ever_open_it(history: list[Signal]):
    assert after(*history).state in {State.READY, State.SATURATED}


def opened(times: int, chance: float = MIDDLE) -> list[float]:
    """How long it rests, time after time."""
    one, now, rests = Condition(lambda: chance, State.READY), 0.0, []
    for _ in range(FAULTS_IN_A_ROW):
        one.note(Signal.FAULT, now)
    for _ in range(times):
        assert one.at(now) is State.OPEN
        rests.append(one.rest(now))
        now += rests[-1]
        assert one.at(now) is State.HALF_OPEN
        one.note(Signal.FAULT, now)
    return rests


def test_it_rests_longer_each_time_and_never_for_ever():
    assert opened(6) == pytest.approx([5, 10, 20, 40, 60, 60])
    assert min(opened(6, 0.0)) == pytest.approx(0.8 * OPEN_SECONDS)
    assert max(opened(6, 1.0)) == pytest.approx(1.2 * MAX_OPEN_SECONDS)


def test_two_successes_close_it_and_the_next_rest_is_short_again():
    one = after(*[Signal.FAULT] * 5)
    one.at(100)
    one.note(Signal.DONE, 100)
    assert one.at(100) is State.HALF_OPEN
    one.note(Signal.DONE, 100)
    assert one.state is State.READY
    for _ in range(FAULTS_IN_A_ROW):
        one.note(Signal.FAULT, 200)

    assert one.rest(200) == OPEN_SECONDS


def test_a_trial_that_nobody_ended_keeps_others_out_only_for_a_while():
    one = after(*[Signal.FAULT] * 5)
    one.at(100)
    one.lease(100)

    assert one.leased(100 + LEASE_SECONDS - 1)
    assert not one.leased(100 + LEASE_SECONDS)
    one.lease(200)
    one.release()
    assert not one.leased(200)


def test_faults_of_long_ago_count_no_more():
    one = condition()
    for at in range(20):
        one.note(Signal.DONE if at % 2 else Signal.FAULT, at * 10.0)

    assert one.state is State.READY


def test_one_that_is_away_is_probed_less_and_less():
    one, now, pauses = condition(), 0.0, []
    for _ in range(7):
        one.note(Signal.AWAY, now)
        pauses.append(one.next_probe(now))
        now += pauses[-1]

    assert pauses == [1, 2, 4, 8, 15, 15, 15]


def test_one_that_only_lists_is_not_thought_to_be_back_for_good():
    one = condition()
    one.note(Signal.AWAY, 0)
    one.note(Signal.LISTED, 1)
    one.note(Signal.AWAY, 1)
    assert one.next_probe(1) == 2

    one.note(Signal.DONE, 3)
    one.note(Signal.AWAY, 4)
    assert one.next_probe(4) == 1


def test_one_that_was_silent_once_and_left_alone_is_tried_again():
    one = after(Signal.SILENT)

    assert one.at(100) is State.HALF_OPEN
