"""A server's limit is found by trying, and stays between its bounds whatever happens."""

from hypothesis import given
from hypothesis import strategies as st

from services.llm_proxy.limits import LEAST, START, Limit

STEPS = st.lists(
    st.tuples(st.booleans(), st.floats(0, 3), st.integers(0, 600), st.floats(0, 20), st.none() | st.floats(0, 5)), max_size=300
)


@given(most=st.integers(2, 256), steps=STEPS)
def test_it_stays_between_its_bounds(most: int, steps: list[tuple[bool, float, int, float, float | None]]):
    limit, now = Limit(most), 0.0
    for overloaded, pause, in_flight, took, usual in steps:
        now += pause
        if overloaded:
            limit.overload(now)
        else:
            limit.first_token(now, in_flight=in_flight, took=took, usual=usual)
        assert LEAST <= limit.value <= most


def full(limit: Limit, now: float, *, took: float = 0.1, usual: float = 0.1) -> None:
    limit.first_token(now, in_flight=limit.value, took=took, usual=usual)


def test_it_grows_quickly_while_nothing_was_ever_too_much():
    limit = Limit(256)
    for _ in range(400):
        full(limit, 0.0)

    assert limit.value == 256


def test_it_grows_slowly_once_something_was():
    limit = Limit(256)
    limit.overload(0.0)
    assert limit.value == int(0.8 * START)
    for tick in range(100):
        full(limit, tick / 10)

    assert int(0.8 * START) + 8 <= limit.value <= int(0.8 * START) + 10


def test_it_does_not_grow_unused_or_where_first_tokens_come_late():
    limit = Limit(256)
    limit.first_token(0.0, in_flight=3, took=0.1, usual=0.1)
    full(limit, 0.0, took=1.0, usual=0.2)

    assert limit.value == START


def test_a_burst_of_refusals_is_one():
    limit = Limit(256)
    for at in range(100):
        limit.overload(at / 1000)

    assert limit.value == int(0.8 * START)
