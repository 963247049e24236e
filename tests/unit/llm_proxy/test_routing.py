"""The choice of server and model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm_proxy.generation import Policy, Route, ServedBy
from services.llm_proxy.routing import Choice, Known, Models, choose

BASE = Route(policy=Policy.BASE)
PREFERRED = Route(policy=Policy.LORA_PREFERRED, adapter="joseon")
REQUIRED = Route(policy=Policy.LORA_REQUIRED, adapter="joseon")


def base(model: str | None = "gemma", *, resting: bool = False, in_flight: int = 0) -> Known:
    models = None if model is None else Models(base=model, adapters=frozenset())
    return Known(backend="base", models=models, resting=resting, in_flight=in_flight)


def lora(*adapters: str, known: bool = True, resting: bool = False) -> Known:
    models = Models(base="gemma-lora", adapters=frozenset(adapters)) if known else None
    return Known(backend="lora", models=models, resting=resting, in_flight=0)


@pytest.mark.parametrize(
    ("route", "known", "server", "model", "served_by", "degraded"),
    [
        (BASE, [base(), lora("joseon")], 0, "gemma", ServedBy.BASE, False),
        (BASE, [base(None), lora("joseon")], 0, None, ServedBy.BASE, False),
        (BASE, [lora("joseon")], 0, "gemma-lora", ServedBy.BASE, False),
        (BASE, [base(resting=True), lora("joseon")], 1, "gemma-lora", ServedBy.BASE, False),
        (BASE, [base(in_flight=2), base()], 1, "gemma", ServedBy.BASE, False),
        (PREFERRED, [base(), lora("joseon")], 1, "joseon", ServedBy.LORA, False),
        (PREFERRED, [base(), lora(known=False)], 1, None, ServedBy.LORA, False),
        (PREFERRED, [base(), lora("goryeo")], 0, "gemma", ServedBy.BASE, True),
        (PREFERRED, [base(), lora("joseon", resting=True)], 0, "gemma", ServedBy.BASE, True),
        (PREFERRED, [base(resting=True), lora("joseon", resting=True)], 1, "joseon", ServedBy.LORA, False),
        (PREFERRED, [lora("goryeo")], 0, "gemma-lora", ServedBy.BASE, True),
        (REQUIRED, [base(), lora("joseon")], 1, "joseon", ServedBy.LORA, False),
        (REQUIRED, [base(), lora("joseon", resting=True)], 1, "joseon", ServedBy.LORA, False),
    ],
)
def test_the_choice(route: Route, known: list[Known], server: int, model: str | None, served_by: ServedBy, degraded: bool):
    assert choose(route, known, spent=(), gone=()) == Choice(server=server, model=model, served_by=served_by, degraded=degraded)


@pytest.mark.parametrize(("route", "known"), [(BASE, []), (BASE, [base("")]), (REQUIRED, [base(), lora("goryeo")]), (REQUIRED, [base()])])
def test_there_is_not_always_one(route: Route, known: list[Known]):
    assert choose(route, known, spent=(), gone=()) is None


SERVERS = st.lists(
    st.builds(
        Known,
        backend=st.sampled_from(["base", "lora"]),
        models=st.none() | st.builds(Models, base=st.sampled_from(["", "m"]), adapters=st.frozensets(st.sampled_from(["joseon", "other"]))),
        resting=st.booleans(),
        in_flight=st.integers(0, 3),
    ),
    max_size=5,
)


@given(route=st.sampled_from([BASE, PREFERRED, REQUIRED]), known=SERVERS)
def test_failing_choices_run_out_and_never_come_twice(route: Route, known: list[Known]):
    spent: set[tuple[int, str | None]] = set()
    while (choice := choose(route, known, spent=spent, gone=())) is not None:
        assert (choice.server, choice.model) not in spent
        assert route.policy is not Policy.LORA_REQUIRED or choice.served_by is ServedBy.LORA
        assert choice.degraded == (route.policy is Policy.LORA_PREFERRED and choice.served_by is ServedBy.BASE)
        spent.add((choice.server, choice.model))

    assert len(spent) <= 2 * len(known)
