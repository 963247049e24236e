"""The choice of server and model."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm_proxy.generation import Policy, Route, ServedBy
from services.llm_proxy.routing import Choice, Full, Known, Models, Offer, Tried, choose

BASE = Route(policy=Policy.BASE)
PREFERRED = Route(policy=Policy.LORA_PREFERRED, adapter="joseon")
REQUIRED = Route(policy=Policy.LORA_REQUIRED, adapter="joseon")
SUSPECT, SATURATED = Offer.AT_LAST, Offer.IF_NEED_BE


def always(offer: Offer) -> Callable[[str], Offer]:
    return lambda _: offer


def only(offers: Mapping[str, Offer]) -> Callable[[str], Offer]:
    return lambda model: offers.get(model, Offer.GLADLY)


def base(model: str | None = "gemma", *, number: int = 1, offer: Offer = Offer.GLADLY, in_flight: int = 0, limit: int = 4) -> Known:
    models = None if model is None else Models(base=model, adapters=frozenset())
    return Known(server=number, backend="base", models=models, offer=always(offer), in_flight=in_flight, limit=limit)


def lora(
    *adapters: str, known: bool = True, offer: Offer | None = None, number: int = 9, in_flight: int = 0, visitors: int = 0, **offers: Offer
) -> Known:
    models = Models(base="gemma-lora", adapters=frozenset(adapters)) if known else None
    said = only(offers) if offer is None else always(offer)
    return Known(server=number, backend="lora", models=models, offer=said, in_flight=in_flight, limit=4, visitors=visitors)


@pytest.mark.parametrize(
    ("route", "known", "server", "model", "served_by", "degraded"),
    [
        (BASE, [base(), lora("joseon")], 1, "gemma", ServedBy.BASE, False),
        (BASE, [base(None), lora("joseon")], 1, None, ServedBy.BASE, False),
        (BASE, [lora("joseon")], 9, "gemma-lora", ServedBy.BASE, False),
        (BASE, [base(offer=SUSPECT), lora("joseon")], 9, "gemma-lora", ServedBy.BASE, False),
        (BASE, [base(offer=SATURATED), base(number=2, offer=SUSPECT)], 1, "gemma", ServedBy.BASE, False),
        (BASE, [base(offer=Offer.NEVER), base(number=2, offer=SUSPECT)], 2, "gemma", ServedBy.BASE, False),
        (BASE, [base(in_flight=2), base(number=2)], 2, "gemma", ServedBy.BASE, False),
        (BASE, [base(in_flight=2, limit=16), base(number=2, in_flight=1)], 1, "gemma", ServedBy.BASE, False),
        (BASE, [base(in_flight=4), lora("joseon")], 9, "gemma-lora", ServedBy.BASE, False),
        (PREFERRED, [base(), lora("joseon")], 9, "joseon", ServedBy.LORA, False),
        (PREFERRED, [base(), lora(known=False)], 9, None, ServedBy.LORA, False),
        (PREFERRED, [base(), lora("goryeo")], 1, "gemma", ServedBy.BASE, True),
        (PREFERRED, [base(), lora("joseon", offer=SUSPECT)], 1, "gemma", ServedBy.BASE, True),
        (PREFERRED, [base(offer=SUSPECT), lora("joseon", offer=SUSPECT)], 9, "joseon", ServedBy.LORA, False),
        (PREFERRED, [lora("joseon", joseon=Offer.NEVER)], 9, "gemma-lora", ServedBy.BASE, True),
        (PREFERRED, [lora("goryeo")], 9, "gemma-lora", ServedBy.BASE, True),
        (PREFERRED, [base(), lora("joseon", in_flight=4)], 1, "gemma", ServedBy.BASE, True),
        (REQUIRED, [base(), lora("joseon")], 9, "joseon", ServedBy.LORA, False),
        (REQUIRED, [base(), lora("joseon", offer=SUSPECT)], 9, "joseon", ServedBy.LORA, False),
    ],
)
def test_the_choice(route: Route, known: list[Known], server: int, model: str | None, served_by: ServedBy, degraded: bool):
    chosen = choose(route, known)

    assert isinstance(chosen, Choice)
    assert (chosen.server, chosen.model, chosen.served_by, chosen.degraded) == (server, model, served_by, degraded)
    assert chosen.visits == (server == 9 and served_by is ServedBy.BASE)


@pytest.mark.parametrize(
    ("route", "known"),
    [
        (BASE, []),
        (BASE, [base("")]),
        (BASE, [base(offer=Offer.NEVER)]),
        (BASE, [base(offer=Offer.IN_PANIC)]),
        (REQUIRED, [base(), lora("goryeo")]),
        (REQUIRED, [base()]),
    ],
)
def test_there_is_not_always_one(route: Route, known: list[Known]):
    assert choose(route, known) is None


def test_what_is_left_alone_is_only_asked_in_panic():
    known = [base(offer=Offer.IN_PANIC), base(number=2, offer=Offer.NEVER)]

    assert choose(BASE, known) is None
    assert isinstance(chosen := choose(BASE, known, panic=True), Choice)
    assert chosen.server == 1


@pytest.mark.parametrize(
    ("route", "known", "settle"),
    [
        (BASE, [base(in_flight=4)], True),
        (BASE, [base(in_flight=4), lora("joseon", in_flight=2, visitors=2)], True),
        (PREFERRED, [base(in_flight=4), lora("joseon", in_flight=4)], True),
        (PREFERRED, [base(), lora("joseon", in_flight=4)], False),
        (REQUIRED, [base(), lora("joseon", in_flight=4)], True),
    ],
)
def test_there_is_not_always_room(route: Route, known: list[Known], settle: bool):
    assert choose(route, known, settle=settle) is Full.FULL


def test_a_server_that_failed_comes_after_those_that_did_not():
    known = [base(), base(number=2, offer=SUSPECT)]

    assert isinstance(chosen := choose(BASE, known, Tried(times={1: 1})), Choice)
    assert chosen.server == 2
    assert isinstance(chosen := choose(BASE, known, Tried(times={1: 1}, gone={2})), Choice)
    assert chosen.server == 1


def test_a_conversation_that_fell_stays_with_the_base_model():
    known = [lora("joseon"), base()]

    assert isinstance(chosen := choose(PREFERRED, known, fallen=True), Choice)
    assert (chosen.server, chosen.degraded) == (1, True)
    assert isinstance(chosen := choose(PREFERRED, [lora("joseon")], fallen=True), Choice)
    assert (chosen.model, chosen.degraded) == ("gemma-lora", True)


def test_a_text_is_only_gone_on_with_by_its_own_model():
    known = [base("gemma"), base("other", number=2), lora("joseon", number=3)]

    assert choose(BASE, known, Tried(model="gemma-lora")) == Choice(
        server=3, model="gemma-lora", served_by=ServedBy.BASE, degraded=False, visits=True
    )
    assert choose(BASE, known, Tried(model="gemma", gone={1})) is None


SERVERS = st.lists(
    st.builds(
        Known,
        server=st.integers(1, 9),
        backend=st.sampled_from(["base", "lora"]),
        models=st.none() | st.builds(Models, base=st.sampled_from(["", "m"]), adapters=st.frozensets(st.sampled_from(["joseon", "other"]))),
        offer=st.sampled_from(Offer).map(always),
        in_flight=st.integers(0, 3),
        limit=st.integers(2, 4),
        visitors=st.integers(0, 3),
    ),
    max_size=5,
    unique_by=lambda known: known.server,
)


@given(route=st.sampled_from([BASE, PREFERRED, REQUIRED]), known=SERVERS, fallen=st.booleans(), settle=st.booleans())
def test_failing_choices_run_out_and_never_come_twice(route: Route, known: list[Known], fallen: bool, settle: bool):
    spent: set[tuple[int, str | None]] = set()
    by_number = {one.server: one for one in known}
    while isinstance(choice := choose(route, known, Tried(spent=spent), fallen=fallen, settle=settle), Choice):
        one = by_number[choice.server]
        assert (choice.server, choice.model) not in spent
        assert one.offer(choice.model or "") <= Offer.AT_LAST
        assert one.has_room(for_visitor=choice.visits)
        assert route.policy is not Policy.LORA_REQUIRED or choice.served_by is ServedBy.LORA
        assert choice.degraded == (route.policy is Policy.LORA_PREFERRED and choice.served_by is ServedBy.BASE)
        spent.add((choice.server, choice.model))

    assert len(spent) <= 2 * len(known)
