"""What an event or a change can wake: the rules that wait for it, the rules and phases that depend on what has changed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from operator import is_not

from services.game.rules.cast import Person
from services.game.rules.events import Event, EventKind
from services.game.rules.expressions import Test
from services.game.rules.state import State
from services.game.rules.story import Rule, Trigger

_REMEMBERED_MAX = 4096


class Waiting:
    """The rules that wait for events. Which of them an event wakes is remembered: the same few happen again and again."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_kind: dict[EventKind, list[tuple[Rule, tuple[Trigger, ...]]]] = {}
        for rule in rules:
            for kind in dict.fromkeys(trigger.kind for trigger in rule.on):
                triggers = tuple(trigger for trigger in rule.on if trigger.kind is kind)
                if kind is EventKind.DUE:  # a rule falls due by itself, and wakes no other
                    triggers = tuple(replace(trigger, object=rule.rule_id) for trigger in triggers)
                self._by_kind.setdefault(kind, []).append((rule, triggers))
        self._remembered: dict[tuple[object, ...], tuple[Rule, ...]] = {}

    def woken_by(self, event: Event) -> tuple[Rule, ...]:
        """The rules with a trigger that fits, the highest priority first."""
        waiting = self._by_kind.get(event.kind)
        if waiting is None:
            return ()
        fields = event[:5]
        known = self._remembered.get(fields)
        if known is None:
            if len(self._remembered) >= _REMEMBERED_MAX:
                self._remembered.clear()
            known = tuple(rule for rule, triggers in waiting if any(trigger.fits(event) for trigger in triggers))
            self._remembered[fields] = known
        return known


class Dependants:
    """The rules without `on`, and the people with phases, that depend on what has changed. The answers are remembered."""

    def __init__(self, rules: Iterable[Rule], people: Mapping[str, Person]) -> None:
        self._resting = tuple(rule for rule in rules if not rule.on)
        self._people = tuple(people)
        # What fires again and again, and what goes by the number of the turn, is asked always.
        always = [not rule.once or (rule.when is not None and "meta" in rule.when.fields) for rule in self._resting]
        self._of_rules = [
            None if asked else self._watched([rule.when] if rule.when is not None else [])
            for rule, asked in zip(self._resting, always, strict=True)
        ]
        self._of_phases = {key: self._watched(_tests(person), key) for key, person in people.items() if len(person.phases) > 1}
        self._remembered: dict[tuple[bool, ...], tuple[tuple[Rule, ...], tuple[str, ...]]] = {}
        self._all = self._resting, tuple(self._of_phases)

    def of_all(self) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
        """All of them."""
        return self._all

    def of_changes(self, since: State, now: State) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
        """Those rules, in their order, and people, for which it may matter what is another in the later state."""
        before, after = since.people, now.people
        changed = (*map(is_not, since, now), *[before[person] is not after[person] for person in self._people])
        known = self._remembered.get(changed)
        if known is None:
            if len(self._remembered) >= _REMEMBERED_MAX:
                self._remembered.clear()
            known = self._remembered[changed] = self._of(changed)
        return known

    def _of(self, changed: tuple[bool, ...]) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
        names = [*State._fields, *(f"people.{person}" for person in self._people)]
        moved = {name for name, is_other in zip(names, changed, strict=True) if is_other}
        rules = tuple(
            rule for rule, watched in zip(self._resting, self._of_rules, strict=True) if watched is None or not watched.isdisjoint(moved)
        )
        return rules, tuple(person for person, watched in self._of_phases.items() if not watched.isdisjoint(moved))

    def _watched(self, tests: Iterable[Test], *people: str) -> frozenset[str]:
        """The fields of the state that the tests depend on; of the people, only those who are asked about."""
        tests = tuple(tests)
        asked = {name.split(".")[1] for test in tests for name in test.reads if name.startswith("person.")}
        fields = {field for test in tests for field in test.fields}
        return frozenset({*(fields - {"people"}), *(f"people.{person}" for person in {*asked, *people})})


def _tests(person: Person) -> list[Test]:
    return [test for phase in person.phases for test in (phase.enter_when, phase.leave_when) if test is not None]
