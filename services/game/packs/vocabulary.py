"""The names that a pack's expressions may use, with their types and how the state answers them."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from services.game.packs.declared import Declared
from services.game.rules.expressions import Value
from services.game.rules.nouns import Kind
from services.game.rules.state import GONE, PLAYER, DayPhase, State, Status, condition_key, topic_key

Getter = Callable[[State], Value]


@dataclass(frozen=True, slots=True)
class Type:
    """The type of an expression: a truth, a number, or one of some words."""

    name: str
    words: frozenset[str] = frozenset()


TRUTH = Type("true or false")
NUMBER = Type("a number")


@dataclass(frozen=True, slots=True)
class Name:
    """What a name is of, and its value in a state."""

    type: Type
    get: Getter


def vocabulary(declared: Declared) -> dict[str, Name]:
    """Every name that an expression of the pack may use.

    `flag.F` `var.V` `player.place|hidden|clues|STATISTIC` `condition.C` `condition.C.strength` (the player's) `clue.C` (learnt)
    `rule.R` (has fired)
    `clock.day|slot|phase|turn` `place.P.visited|searched` `item.I.place|state|carried|found|examined|searched|read|open`
    `door.D.open|examined` `lock.L.locked|failures|progress`
    `person.P.place|here|sees|noticed|status|phase|mood|talked|examined|STATISTIC`
    `person.P.told.TOPIC` `person.P.knows.CLUE` `person.P.under.CONDITION` `person.P.under.CONDITION.strength`
    """
    names: dict[str, Name] = {}
    for flag in declared.flags:
        names[f"flag.{flag}"] = Name(TRUTH, _entry("flags", flag))
    for variable in declared.variables:
        names[f"var.{variable}"] = Name(NUMBER, _entry("variables", variable))
    for clue in declared.of(Kind.CLUE):
        names[f"clue.{clue}"] = _member("clues", clue)
    for rule in declared.of(Kind.RULE):
        names[f"rule.{rule}"] = _member("fired", rule)
    for lock in declared.of(Kind.LOCK):
        names[f"lock.{lock}.locked"] = Name(TRUTH, _entry("locks", lock, "locked"))
        names[f"lock.{lock}.failures"] = Name(NUMBER, _entry("locks", lock, "failures"))
        names[f"lock.{lock}.progress"] = Name(NUMBER, _entry("locks", lock, "progress"))
    names |= _player(declared) | _clock()
    for place in declared.of(Kind.PLACE):
        names[f"place.{place}.visited"] = _member("visited", place)
        names[f"place.{place}.searched"] = _member("searched", place)
    for door in declared.of(Kind.DOOR):
        names[f"door.{door}.open"] = _member("opened", door)
        names[f"door.{door}.examined"] = _member("examined", door)
    for item in declared.of(Kind.ITEM):
        names |= _item(declared, item)
    for person in declared.of(Kind.PERSON):
        names |= _person(declared, person)
    return names


def _entry(field: str, key: str, attribute: str | None = None) -> Getter:
    """An entry of one of the state's mappings, or an attribute of it."""
    mapping_of = attrgetter(field)
    if attribute is None:
        return lambda state: mapping_of(state)[key]
    value_of = attrgetter(attribute)
    return lambda state: value_of(mapping_of(state)[key])


def _attribute(path: str) -> Getter:
    return attrgetter(path)


def _member(field: str, key: str) -> Name:
    """Whether the key is in one of the state's sets or mappings."""
    set_of = attrgetter(field)
    return Name(TRUTH, lambda state: key in set_of(state))


def _carried(item: str) -> Getter:
    return lambda state: state.items[item].where == PLAYER


def _knows(person: str, clue: str) -> Getter:
    return lambda state: clue in state.people[person].knows


def _statistic(person: str, key: str) -> Getter:
    return lambda state: state.people[person].statistics[key]


def _strength(key: str) -> Getter:
    """How strong a condition is: 0 for who is not under it."""
    return lambda state: state.conditions[key].strength if key in state.conditions else 0


def _sees(person: str) -> Getter:
    """Whether the person could see the player."""

    def sees(state: State) -> bool:
        known = state.people[person]
        return known.place == state.player.place and known.status is Status.WELL and not state.player.hidden

    return sees


def _player(declared: Declared) -> dict[str, Name]:
    names = {
        "player.place": Name(Type("a place", frozenset(declared.of(Kind.PLACE))), _attribute("player.place")),
        "player.hidden": Name(TRUTH, lambda state: bool(state.player.hidden)),
        "player.clues": Name(NUMBER, lambda state: len(state.clues)),
    }
    for key in declared.statistics:
        names[f"player.{key}"] = Name(NUMBER, _entry("player.statistics", key))
    for condition in declared.of(Kind.CONDITION):
        names[f"condition.{condition}"] = _member("conditions", condition_key(PLAYER, condition))
        names[f"condition.{condition}.strength"] = Name(NUMBER, _strength(condition_key(PLAYER, condition)))
    return names


def _clock() -> dict[str, Name]:
    return {
        "clock.day": Name(NUMBER, _attribute("clock.day")),
        "clock.slot": Name(NUMBER, _attribute("clock.slot")),
        "clock.phase": Name(Type("a phase of the day", frozenset(DayPhase)), _attribute("clock.phase")),
        "clock.turn": Name(NUMBER, _attribute("meta.turn")),
    }


def _item(declared: Declared, item: str) -> dict[str, Name]:
    where = Type("where an item can be", frozenset([*declared.of(Kind.PLACE, Kind.ITEM, Kind.PERSON), PLAYER, GONE]))
    names = {
        "place": Name(where, _entry("items", item, "where")),
        "carried": Name(TRUTH, _carried(item)),
        "found": _member("found", item),
        "examined": _member("examined", item),
        "searched": _member("searched", item),
        "read": _member("read", item),
    }
    if declared.item_states[item]:
        names["state"] = Name(Type(f"a state of {item}", frozenset(declared.item_states[item])), _entry("items", item, "state"))
    if item in declared.containers:
        names["open"] = _member("opened", item)
    return {f"item.{item}.{key}": name for key, name in names.items()}


def _person(declared: Declared, person: str) -> dict[str, Name]:
    places = Type("a place or 'nowhere'", frozenset([*declared.of(Kind.PLACE), "nowhere"]))
    names = {
        "place": Name(places, lambda state: state.people[person].place or "nowhere"),
        "here": Name(TRUTH, lambda state: state.people[person].place == state.player.place),
        "status": Name(Type("how a person is", frozenset(Status)), _entry("people", person, "status")),
        "sees": Name(TRUTH, _sees(person)),
        "noticed": Name(NUMBER, _entry("people", person, "noticed")),
        "talked": _member("talked", person),
        "examined": _member("examined", person),
    }
    if declared.person_phases[person]:
        phases = Type(f"a phase of {person}", frozenset(declared.person_phases[person]))
        names["phase"] = Name(phases, _entry("people", person, "phase"))
    if declared.person_moods[person]:
        names["mood"] = Name(Type(f"a mood of {person}", frozenset(declared.person_moods[person])), _entry("people", person, "mood"))
    for key in declared.person_statistics[person]:
        names[key] = Name(NUMBER, _statistic(person, key))
    for topic in declared.person_topics[person]:
        names[f"told.{topic}"] = _member("talked", topic_key(person, topic))
    for clue in declared.of(Kind.CLUE):
        names[f"knows.{clue}"] = Name(TRUTH, _knows(person, clue))
    for condition in declared.of(Kind.CONDITION):
        names[f"under.{condition}"] = _member("conditions", condition_key(person, condition))
        names[f"under.{condition}.strength"] = Name(NUMBER, _strength(condition_key(person, condition)))
    return {f"person.{person}.{key}": name for key, name in names.items()}
