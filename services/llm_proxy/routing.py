"""Which server and which model a generation asks next: a pure function of the route and of what is known."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from services.llm_proxy.generation import Policy, Route, ServedBy

BASE = "base"
LORA = "lora"
ROLES = (BASE, LORA)


class Offer(IntEnum):
    """How gladly a model of a server is asked; the lowest first."""

    GLADLY = 0
    IF_NEED_BE = 1
    """It had no room a moment ago."""
    AT_LAST = 2
    """It was silent a moment ago."""
    IN_PANIC = 3
    """It is left alone, unless everything is."""
    NEVER = 4


class Full(Enum):
    """There are servers that could serve, and none has room."""

    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What one server lists: the base model's id, empty where it lists none, the adapters', and the tokens of its context (0: unsaid)."""

    base: str
    adapters: frozenset[str]
    context: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one server when a choice is made; `models` is None until it was asked."""

    server: int
    """Its number; none is given twice."""
    backend: str
    models: Models | None
    offer: Callable[[str], Offer]
    """How gladly it is asked for a model; "": for its list."""
    in_flight: int = 0
    limit: int = 1
    visitors: int = 0
    """Of those in flight at a LoRA server, the ones that came for its base model."""

    def has_room(self, *, for_visitor: bool) -> bool:
        """Whether one more may come. Visitors may have half of it at most, so that adapters are not crowded out."""
        if self.in_flight >= self.limit:
            return False
        return not for_visitor or self.visitors < max(1, self.limit // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A server and a model of it; None: ask it for its models, then choose again."""

    server: int
    model: str | None
    served_by: ServedBy
    degraded: bool
    visits: bool = False
    """Whether it comes to a LoRA server for its base model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a generation has been through."""

    times: Mapping[int, int] = field(default_factory=dict)
    """How often servers have failed it that may be asked again."""
    gone: Collection[int] = ()
    """Servers that failed it for good."""
    spent: Collection[tuple[int, str | None]] = ()
    """Models of servers that failed it for good."""
    model: str = ""
    """The one model that it may still be gone on with; empty: any."""


NOTHING_TRIED = Tried()


def choose(
    route: Route,
    known: Sequence[Known],
    tried: Tried = NOTHING_TRIED,
    *,
    fallen: bool = False,
    panic: bool = False,
    settle: bool = True,
) -> Choice | Full | None:
    """The best choice that is left; FULL: there would be one if it had room; None: there is none.

    A server that has not failed this generation comes first; then by how gladly it is asked; then the adapter before the base model, the
    base backend before the LoRA one (whose base model is the same), and the server with the most room.
    `fallen`: the conversation stays with the base model where it can. `panic`: also those that are left alone.
    `settle`: false prefers no room at the best to room at the second best.
    """
    ranked = [
        ((tried.times.get(one.server, 0), offer, (tier - 1) % 3 if fallen else tier), (one.in_flight / one.limit, place), one, choice)
        for place, one in enumerate(known)
        if one.server not in tried.gone
        for tier, choice in _of_server(route, one)
        if (one.server, choice.model) not in tried.spent and (not tried.model or choice.model in {tried.model, None})
        if (offer := one.offer(choice.model or "")) <= (Offer.IN_PANIC if panic else Offer.AT_LAST)
    ]
    if not ranked:
        return None
    if not settle:
        best = min(rank for rank, _, _, _ in ranked)
        ranked = [each for each in ranked if each[0] == best]
    roomy = [each for each in ranked if each[2].has_room(for_visitor=each[3].visits)]
    return min(roomy, key=lambda each: each[:2])[3] if roomy else Full.FULL


def _of_server(route: Route, one: Known) -> list[tuple[int, Choice]]:
    """What one server can do for a route, with how little it is wanted."""
    found: list[tuple[int, Choice]] = []
    models = one.models
    if one.backend == LORA and route.policy is not Policy.BASE and (models is None or route.adapter in models.adapters):
        model = None if models is None else route.adapter
        found.append((0, Choice(server=one.server, model=model, served_by=ServedBy.LORA, degraded=False)))
    if route.policy is not Policy.LORA_REQUIRED and (models is None or models.base):
        degraded = route.policy is Policy.LORA_PREFERRED
        visits = one.backend == LORA
        found.append(
            (
                2 if visits else 1,
                Choice(
                    server=one.server,
                    model=None if models is None else models.base,
                    served_by=ServedBy.BASE,
                    degraded=degraded,
                    visits=visits,
                ),
            )
        )
    return found
