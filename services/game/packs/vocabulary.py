"""The names that a pack's expressions may use, with their types and how the state answers them."""

from dataclasses import dataclass

from services.game.packs.declared import Declared
from services.game.rules.nouns import Kind
from services.game.rules.state import GONE, PLAYER, DayPhase, Status, condition_key, topic_key


@dataclass(frozen=True, slots=True)
class Type:
    """The type of an expression: a truth, a number, or one of some words."""

    name: str
    words: frozenset[str] = frozenset()


TRUTH = Type("true or false")
NUMBER = Type("a number")


@dataclass(frozen=True, slots=True)
class Name:
    """What a name is of, and the Python expression of its value in a state `s`."""

    type: Type
    source: str


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
        names[f"flag.{flag}"] = Name(TRUTH, f"s.flags[{flag!r}]")
    for variable in declared.variables:
        names[f"var.{variable}"] = Name(NUMBER, f"s.variables[{variable!r}]")
    for clue in declared.of(Kind.CLUE):
        names[f"clue.{clue}"] = _member("clues", clue)
    for rule in declared.of(Kind.RULE):
        names[f"rule.{rule}"] = _member("fired", rule)
    for lock in declared.of(Kind.LOCK):
        names[f"lock.{lock}.locked"] = Name(TRUTH, f"s.locks[{lock!r}].locked")
        names[f"lock.{lock}.failures"] = Name(NUMBER, f"s.locks[{lock!r}].failures")
        names[f"lock.{lock}.progress"] = Name(NUMBER, f"s.locks[{lock!r}].progress")
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


def _member(field: str, key: str) -> Name:
    """Whether the key is in one of the state's sets or mappings."""
    return Name(TRUTH, f"({key!r} in s.{field})")


def _strength(key: str) -> Name:
    """How strong a condition is: 0 for who is not under it."""
    return Name(NUMBER, f"(s.conditions[{key!r}].strength if {key!r} in s.conditions else 0)")


def _player(declared: Declared) -> dict[str, Name]:
    names = {
        "player.place": Name(Type("a place", frozenset(declared.of(Kind.PLACE))), "s.player.place"),
        "player.hidden": Name(TRUTH, "(s.player.hidden != '')"),
        "player.clues": Name(NUMBER, "len(s.clues)"),
    }
    for key in declared.statistics:
        names[f"player.{key}"] = Name(NUMBER, f"s.player.statistics[{key!r}]")
    for condition in declared.of(Kind.CONDITION):
        names[f"condition.{condition}"] = _member("conditions", condition_key(PLAYER, condition))
        names[f"condition.{condition}.strength"] = _strength(condition_key(PLAYER, condition))
    return names


def _clock() -> dict[str, Name]:
    return {
        "clock.day": Name(NUMBER, "s.clock.day"),
        "clock.slot": Name(NUMBER, "s.clock.slot"),
        "clock.phase": Name(Type("a phase of the day", frozenset(DayPhase)), "s.clock.phase"),
        "clock.turn": Name(NUMBER, "s.meta.turn"),
    }


def _item(declared: Declared, item: str) -> dict[str, Name]:
    where = Type("where an item can be", frozenset([*declared.of(Kind.PLACE, Kind.ITEM, Kind.PERSON), PLAYER, GONE]))
    names = {
        "place": Name(where, f"s.items[{item!r}].where"),
        "carried": Name(TRUTH, f"(s.items[{item!r}].where == {PLAYER!r})"),
        **{mark: _member(mark, item) for mark in ("found", "examined", "searched", "read")},
    }
    if declared.item_states[item]:
        names["state"] = Name(Type(f"a state of {item}", frozenset(declared.item_states[item])), f"s.items[{item!r}].state")
    if item in declared.containers:
        names["open"] = _member("opened", item)
    return {f"item.{item}.{key}": name for key, name in names.items()}


def _person(declared: Declared, person: str) -> dict[str, Name]:
    places = Type("a place or 'nowhere'", frozenset([*declared.of(Kind.PLACE), "nowhere"]))
    who = f"s.people[{person!r}]"
    here = f"{who}.place == s.player.place"
    names = {
        "place": Name(places, f"({who}.place or 'nowhere')"),
        "here": Name(TRUTH, f"({here})"),
        "sees": Name(TRUTH, f"({here} and {who}.status == {Status.WELL.value!r} and s.player.hidden == '')"),
        "noticed": Name(NUMBER, f"{who}.noticed"),
        "status": Name(Type("how a person is", frozenset(Status)), f"{who}.status"),
        "talked": _member("talked", person),
        "examined": _member("examined", person),
    }
    if declared.person_phases[person]:
        names["phase"] = Name(Type(f"a phase of {person}", frozenset(declared.person_phases[person])), f"{who}.phase")
    if declared.person_moods[person]:
        names["mood"] = Name(Type(f"a mood of {person}", frozenset(declared.person_moods[person])), f"{who}.mood")
    for key in declared.person_statistics[person]:
        names[key] = Name(NUMBER, f"{who}.statistics[{key!r}]")
    for topic in declared.person_topics[person]:
        names[f"told.{topic}"] = _member("talked", topic_key(person, topic))
    for clue in declared.of(Kind.CLUE):
        names[f"knows.{clue}"] = Name(TRUTH, f"({clue!r} in {who}.knows)")
    for condition in declared.of(Kind.CONDITION):
        names[f"under.{condition}"] = _member("conditions", condition_key(person, condition))
        names[f"under.{condition}.strength"] = _strength(condition_key(person, condition))
    return {f"person.{person}.{key}": name for key, name in names.items()}
