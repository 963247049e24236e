"""What operators are made on: the pack, who waits for what happens, where things could lie."""

from collections.abc import Iterator

from services.game.packs.prover.facts import (
    Happening,
    Holds,
    any_of,
    at,
    met,
    seen,
)
from services.game.packs.prover.operators.trees import ALWAYS
from services.game.packs.prover.operators.written import all_effects
from services.game.rules import effects as fx
from services.game.rules.events import EventKind
from services.game.rules.expressions import Constant, Name, Not, Tree
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER


class Ground:
    """The pack, with what can be said of it at once.

    `locations`: where each item could lie; `hidden_in`: without having been found; `haunts`: where each person could be.
    """

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._waiting: dict[EventKind, list[tuple[str, Happening]]] = {}
        for rule in pack.rules:
            for number, trigger in enumerate(rule.on):
                pattern = Happening(trigger.kind, trigger.subject, trigger.object, trigger.place, trigger.value)
                self._waiting.setdefault(trigger.kind, []).append((f"~{rule.rule_id}.{number}", pattern))
        self.locations = self._where_items_go()
        self.hidden_in = self._where_effects_put_items()
        self.haunts = self._where_people_go()
        self.never_cleared = self._flags_never_cleared()

    def heard(self, happening: Happening) -> Iterator[Holds]:
        """The triggers that wait for what happens."""
        yield from (Holds(name, value=True) for name, pattern in self._waiting.get(happening.kind, ()) if pattern.fits(happening))

    def there(self, named: str) -> Tree:
        """That an item, person or door can be perceived."""
        if named in self.pack.items:
            return seen(named)
        if named in self.pack.people:
            return met(named)
        return any_of([at(place) for place in self.pack.doors[named].places])

    def unlocked(self, thing: str) -> Tree:
        """That no lock holds the thing shut."""
        lock = self.pack.locks_on.get(thing)
        return ALWAYS if lock is None else Not(Name(f"lock.{lock.lock_id}.locked"))

    def _where_effects_put_items(self) -> dict[str, frozenset[str]]:
        """Where each item begins, or is put by effects: where it can lie without having been found, for what is taken is found."""
        where = {item: {noun.start} for item, noun in self.pack.items.items()}
        for effect in all_effects(self.pack):
            match effect:
                case fx.MoveItem(item=item, where=place):
                    where[item].add(place)
                case fx.GiveItem(item=item):
                    where[item].add(PLAYER)
        return {item: frozenset(places) for item, places in where.items()}

    def _where_people_go(self) -> dict[str, frozenset[str]]:
        """The places each person could ever be in."""
        where = {person: {noun.start, *(stay.place for stay in noun.schedule)} for person, noun in self.pack.people.items()}
        for effect in all_effects(self.pack):
            if isinstance(effect, fx.MovePerson) and effect.person is not None:
                where[effect.person].add(effect.place)
        for entry in self.pack.night.agenda:
            if entry.who and entry.at:
                where[entry.who].add(entry.at)
        return {person: frozenset(place for place in places if place is not None) for person, places in where.items()}

    def _where_items_go(self) -> dict[str, frozenset[str]]:
        """Where each item could ever lie."""
        where = {item: set(places) for item, places in self._where_effects_put_items().items()}
        for item, noun in self.pack.items.items():
            if noun.portable or PLAYER in where[item]:
                where[item] |= {PLAYER, *self.pack.places}
        return {item: frozenset(places) for item, places in where.items()}

    def _flags_never_cleared(self) -> frozenset[str]:
        cleared = {each.flag for each in all_effects(self.pack) if isinstance(each, fx.SetFlag) and each.value.tree != Constant(value=True)}
        return frozenset(f"flag.{flag}" for flag, initial in self.pack.flags.items() if not initial and flag not in cleared)
