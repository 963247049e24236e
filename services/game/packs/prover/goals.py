"""What a pack holds that a player should be able to reach."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.game.packs.prover.facts import holds, is_, met, seen
from services.game.rules.expressions import Not, Tree
from services.game.rules.pack import Pack
from services.game.rules.sight import is_here, sees_item
from services.game.rules.state import State, topic_key


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to be reached. `kind` says what it is, `name` which; `tree` is it in a relaxed world, `is_in` in a state."""

    kind: str
    name: str
    tree: Tree
    is_in: Callable[[State], bool]


def endings_of(pack: Pack) -> tuple[Goal, ...]:
    """The endings."""
    return tuple(Goal("ending", ending, holds(f"~ending.{ending}"), _ending(ending)) for ending in pack.endings)


def goals_of(pack: Pack) -> tuple[Goal, ...]:
    """All that should be reached, the endings first."""
    return (*endings_of(pack), *_others(pack))


def _others(pack: Pack) -> Iterator[Goal]:
    yield from (Goal("place", place, holds(f"place.{place}.visited"), _in("visited", place)) for place in pack.places)
    yield from (Goal("item", item, seen(item), _sees(pack, item)) for item in pack.items)
    yield from (Goal("person", person, met(person), _meets(person)) for person in pack.people)
    yield from (Goal("lock", lock, Not(holds(f"lock.{lock}.locked")), _unlocked(lock)) for lock in pack.locks)
    yield from (Goal("clue", clue, holds(f"clue.{clue}"), _in("clues", clue)) for clue in pack.clues)
    clues = set(pack.clues)
    yield from (
        Goal("rule", rule.rule_id, holds(f"rule.{rule.rule_id}"), _in("fired", rule.rule_id))
        for rule in pack.rules
        if rule.rule_id not in clues
    )
    for person in pack.people.values():
        who = person.person_id
        for topic in person.topics:
            yield Goal("topic", f"{who}:{topic}", holds(f"person.{who}.told.{topic}"), _in("talked", topic_key(who, topic)))
        for phase in person.phases:
            yield Goal("phase", f"{who}:{phase.phase_id}", is_(f"person.{who}.phase", phase.phase_id), _phase(who, phase.phase_id))
    yield from (
        Goal("agenda", entry.entry_id, holds(f"~agenda.{entry.entry_id}"), _in("fired", entry.entry_id)) for entry in pack.night.agenda
    )
    yield from (
        Goal("overheard", heard.entry_id, holds(f"~overheard.{heard.entry_id}"), _in("fired", heard.entry_id))
        for heard in pack.night.overheard
    )


def _ending(ending: str) -> Callable[[State], bool]:
    return lambda state: state.ending == ending


def _in(field: str, named: str) -> Callable[[State], bool]:
    return lambda state: named in getattr(state, field)


def _sees(pack: Pack, item: str) -> Callable[[State], bool]:
    return lambda state: sees_item(pack, state, item)


def _meets(person: str) -> Callable[[State], bool]:
    return lambda state: is_here(state, person)


def _unlocked(lock: str) -> Callable[[State], bool]:
    return lambda state: not state.locks[lock].locked


def _phase(person: str, phase: str) -> Callable[[State], bool]:
    return lambda state: state.people[person].phase == phase
