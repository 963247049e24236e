"""The effects that a pack's authors wrote."""

from collections.abc import Iterable, Iterator

from services.game.rules import effects as fx
from services.game.rules.expressions import Not, Tree
from services.game.rules.pack import Pack


def all_effects(pack: Pack) -> Iterator[fx.Effect]:
    """Every effect that stands anywhere in the pack, those within others too."""
    lists: list[Iterable[fx.Effect]] = [rule.effects for rule in pack.rules]
    lists += [use.effects for item in pack.items.values() for use in item.uses]
    for person in pack.people.values():
        lists += [topic.effects for topic in person.topics.values()]
        lists += [reaction.effects for reaction in person.reactions]
        lists += list(person.labels.values())
    for lock in pack.locks.values():
        lists += [lock.on_open, lock.on_fail]
    lists += [condition.each_turn for condition in pack.conditions.values()]
    lists += [entry.effects for entry in pack.night.agenda] + [entry.effects for entry in pack.night.overheard]
    for effects in lists:
        yield from (effect for _, effect in flattened(effects, ()))


def flattened(effects: Iterable[fx.Effect], tests: tuple[Tree, ...]) -> Iterator[tuple[tuple[Tree, ...], fx.Effect]]:
    """The effects with what each is guarded by; both sides of chance."""
    for effect in effects:
        match effect:
            case fx.When(test=test, then=then, otherwise=otherwise):
                yield from flattened(then, (*tests, test.tree))
                yield from flattened(otherwise, (*tests, Not(test.tree)))
            case fx.Chance(then=then, otherwise=otherwise):
                yield from flattened((*then, *otherwise), tests)
            case _:
                yield tests, effect
