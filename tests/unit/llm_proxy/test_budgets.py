"""What is tried again stays a share of the work."""

from hypothesis import given
from hypothesis import strategies as st

from services.llm_proxy.budgets import LEAST_AT_ONCE, RESERVE, SHARE, RetryBudget


@given(st.lists(st.tuples(st.sampled_from(["earn", "take", "give back"]), st.floats(0, 0.5), st.integers(0, 100)), max_size=300))
def test_never_more_than_was_earned_and_never_too_many_at_once(steps: list[tuple[str, float, int]]):
    budget, now, earned, taken = RetryBudget(0.0), 0.0, 0, 0
    for step, pause, active in steps:
        now += pause
        if step == "earn":
            budget.earn()
            earned += 1
        elif step == "give back" and budget.extra:
            budget.give_back()
        elif step == "take" and budget.take(now, active):
            taken += 1
            assert budget.extra <= max(LEAST_AT_ONCE, SHARE * active + 1)
        assert 0 <= budget.left(now) <= RESERVE
    assert taken <= RESERVE + SHARE * earned + now + 1e-6


def test_without_work_it_comes_back_slowly():
    budget = RetryBudget(0.0)
    while budget.take(0.0, 10**6):
        pass

    assert budget.left(0.0) == 0
    assert budget.left(3.0) == 3
    assert budget.left(10**6) == RESERVE
