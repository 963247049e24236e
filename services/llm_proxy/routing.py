"""Which server and which model a generation asks next: a pure function of the route and of what is known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.llm_proxy.generation import Policy, Route, ServedBy

BASE = "base"
LORA = "lora"


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What one server lists: the base model's id, empty where it lists none, and the adapters'."""

    base: str
    adapters: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one server when a choice is made; `models` is None until it was asked."""

    backend: str
    models: Models | None
    resting: bool
    in_flight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A server, by its place in the list, and a model of it; None: ask it for its models, then choose again."""

    server: int
    model: str | None
    served_by: ServedBy
    degraded: bool


def choose(route: Route, known: Sequence[Known], *, spent: Collection[tuple[int, str | None]], gone: Collection[int]) -> Choice | None:
    """The best choice that is left, or None. `spent` are choices that failed, `gone` are servers that did.

    A resting server comes after all others; then the adapter before the base model, the base backend before the LoRA one (whose base
    model is the same), and the server with less under way.
    """
    ranked = [
        ((one.resting, tier, one.in_flight, place), choice)
        for place, one in enumerate(known)
        if place not in gone
        for tier, choice in _of_server(route, place, one)
        if (place, choice.model) not in spent
    ]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _of_server(route: Route, place: int, one: Known) -> list[tuple[int, Choice]]:
    """What one server can do for a route, with how little it is wanted."""
    found: list[tuple[int, Choice]] = []
    if one.backend == LORA and route.policy is not Policy.BASE and (one.models is None or route.adapter in one.models.adapters):
        model = None if one.models is None else route.adapter
        found.append((0, Choice(server=place, model=model, served_by=ServedBy.LORA, degraded=False)))
    if route.policy is not Policy.LORA_REQUIRED and (one.models is None or one.models.base):
        model = None if one.models is None else one.models.base
        degraded = route.policy is Policy.LORA_PREFERRED
        found.append((1 if one.backend == BASE else 2, Choice(server=place, model=model, served_by=ServedBy.BASE, degraded=degraded)))
    return found
