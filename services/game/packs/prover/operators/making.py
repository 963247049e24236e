"""Making operators: one for each place something can happen in, and one more for each effect it has."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from services.game.packs.prover.facts import (
    Growth,
    Happening,
    Holds,
    Operator,
    at,
)
from services.game.packs.prover.operators.effects import gains_of
from services.game.packs.prover.operators.ground import Ground
from services.game.packs.prover.operators.trees import ALWAYS, conjuncts, located, places_in
from services.game.packs.prover.operators.written import flattened
from services.game.rules import effects as fx
from services.game.rules.commands import Verb
from services.game.rules.expressions import Constant, Name, Not, Tree


def operator(
    ground: Ground,
    about: str,
    label: str,
    needs: Iterable[Tree],
    *,
    verb: Verb | None = None,
    on: str | None = None,
    gains: Iterable[Holds | Growth] = (),
    happens: Iterable[Happening] = (),
    effects: Iterable[fx.Effect] = (),
    once: bool = False,
    labelled: bool = False,
    reads: Iterable[str] = (),
) -> Iterator[Operator]:
    """The operator itself, and one more for each effect that needs something of its own."""
    needs = tuple(need for need in needs if need != ALWAYS)
    reads = frozenset(reads)
    happens, gains, effects = tuple(happens), tuple(gains), tuple(effects)
    for placed in _placed(ground, needs):
        made = _at_one_place(
            ground, about, label, placed, verb=verb, on=on, gains=gains, happens=happens, effects=effects, once=once, labelled=labelled
        )
        yield from (replace(each, reads=reads) for each in made)


def _placed(ground: Ground, needs: tuple[Tree, ...]) -> Iterator[tuple[Tree, ...]]:
    """The needs for each place where they could be met, with who is `here` spelt as who is there."""
    known = [set(places_in(need)) for need in needs]
    known += [{place} for need in needs for place in _place_of_thing(ground, need)]
    known = [places for places in known if places]
    if not known:
        yield needs
        return
    for place in sorted(set.intersection(*known)):
        yield tuple(dict.fromkeys([at(place), *(located(need, place) for need in needs if not set(places_in(need)))]))


def _place_of_thing(ground: Ground, need: Tree) -> Iterator[str]:
    """The place that perceiving a thing implies, where the thing can be in no other."""
    if isinstance(need, Name) and need.path.startswith("~seen."):
        where = need.path.removeprefix("~seen.")
        for _ in ground.pack.items:
            if where not in ground.pack.items or len(ground.locations[where]) != 1:
                break
            where = next(iter(ground.locations[where]))
        if where in ground.pack.places:
            yield where


def _at_one_place(
    ground: Ground,
    about: str,
    label: str,
    needs: tuple[Tree, ...],
    *,
    verb: Verb | None,
    on: str | None,
    gains: tuple[Holds | Growth, ...],
    happens: tuple[Happening, ...],
    effects: tuple[fx.Effect, ...],
    once: bool,
    labelled: bool,
) -> Iterator[Operator]:
    first = Operator(
        about=about,
        label=label,
        verb=verb,
        on=about if on is None else on,
        labelled=labelled,
        needs=needs,
        gains=(*gains, *(gain for one in happens for gain in ground.heard(one))),
    )
    once = once or _guards_itself(ground, needs, effects)
    yield first
    # Where an effect moves somebody about, `here` is no more where the deed was done.
    moves = any(isinstance(effect, fx.MovePerson) and effect.person is None for _, effect in flattened(effects, ()))
    for test, effect in flattened(effects, ()):
        gained = tuple(gains_of(ground, effect, once=once))
        if gained:
            place = None if moves else next((place for need in needs for place in places_in(need)), None)
            tested = test if place is None else tuple(located(one, place) for one in test)
            yield replace(first, needs=(*needs, *tested), gains=gained)


def _guards_itself(ground: Ground, needs: Iterable[Tree], effects: Iterable[fx.Effect]) -> bool:
    """Whether it can happen but once: it needs a flag to be unset, sets it, and nothing clears that flag."""
    unset = {need.operand.path for need in conjuncts(needs) if isinstance(need, Not) and isinstance(need.operand, Name)}
    set_here = {f"flag.{each.flag}" for each in effects if isinstance(each, fx.SetFlag) and each.value.tree == Constant(value=True)}
    return bool(unset & set_here & ground.never_cleared)
