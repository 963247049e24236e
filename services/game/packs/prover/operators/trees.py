"""Conditions, taken apart and spelt for a place."""

from collections.abc import Iterable, Iterator

from services.game.packs.prover.facts import (
    is_,
)
from services.game.rules.expressions import Among, Both, Compare, Constant, Either, Name, Not, Tree

ALWAYS = Constant(value=True)


def conjuncts(needs: Iterable[Tree]) -> Iterator[Tree]:
    """The conditions that all have to hold, one by one."""
    for need in needs:
        if isinstance(need, Both):
            yield from conjuncts((need.left, need.right))
        else:
            yield need


def places_in(need: Tree) -> tuple[str, ...]:
    """The places of a condition that says nothing but in which of some the player is; none for any other."""
    match need:
        case Compare("==", Name("player.place"), Constant(str(place))):
            return (place,)
        case Either(left, right):
            one, other = places_in(left), places_in(right)
            return (*one, *other) if one and other else ()
        case Among(Name("player.place"), options):
            return tuple(sorted(str(option) for option in options))
    return ()


def located(tree: Tree, place: str) -> Tree:
    """The condition for a player who is in the place."""
    match tree:
        case Name(path) if path.startswith("person.") and path.endswith((".here", ".sees")):
            return is_(f"{path.rpartition('.')[0]}.place", place)
        case Not(operand):
            return Not(located(operand, place))
        case Both(left, right):
            return Both(located(left, place), located(right, place))
        case Either(left, right):
            return Either(located(left, place), located(right, place))
    return tree
