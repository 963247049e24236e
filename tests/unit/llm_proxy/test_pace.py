"""How long to wait follows from what was seen, within bounds."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm_proxy.pace import WARM, WARM_GAPS, Pace
from services.llm_proxy.timers import Timers

COLD = Timers()


def pace(first: float, gap: float, *, cold: Timers = COLD) -> Pace:
    one = Pace(cold)
    for _ in range(WARM):
        one.first_token(first)
    for _ in range(WARM_GAPS):
        one.gap(gap)
    return one


def test_until_enough_is_seen_the_configuration_counts():
    one = Pace(COLD)
    for _ in range(WARM - 1):
        one.first_token(0.1)

    assert (one.first_token_limit, one.between_tokens_limit, one.usual) == (8, 5, None)


@pytest.mark.parametrize(
    ("first", "gap", "limits"),
    [(0.1, 0.01, (2, 2)), (1.0, 0.2, (3, 4)), (4.0, 0.4, (12, 8)), (9.0, 3.0, (15, 10))],
)
def test_then_the_server_s_own_pace_does(first: float, gap: float, limits: tuple[float, float]):
    one = pace(first, gap)

    assert (one.first_token_limit, one.between_tokens_limit) == pytest.approx(limits)


def test_a_server_known_to_be_slow_keeps_its_time():
    slow = Timers(first_token=timedelta(seconds=60), between_tokens=timedelta(seconds=30))

    assert pace(30, 2, cold=slow).first_token_limit == 60
    assert pace(0.1, 2, cold=slow).between_tokens_limit == 30


@given(st.lists(st.floats(0, 100), max_size=400))
def test_the_limits_have_bounds_whatever_was_seen(seen: list[float]):
    one = Pace(COLD)
    for seconds in seen:
        one.first_token(seconds)
        one.gap(seconds)

    assert 2 <= one.first_token_limit <= 15
    assert 2 <= one.between_tokens_limit <= 10
    assert (one.first_token_at(0.5) or 0) <= (one.first_token_at(0.95) or 0)
