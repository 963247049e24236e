"""What of a game matters to its goals: the names, the commands, and by these the key under which two states are the same."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass

from services.game.packs.prover.facts import Growth, Holds, Operator, spelt
from services.game.packs.prover.goals import Goal
from services.game.packs.prover.operators.written import all_effects
from services.game.rules.admissible import imaginable, is_possible
from services.game.rules.commands import FREE_VERBS, Command, Verb
from services.game.rules.effects import StartCondition
from services.game.rules.events import EventKind
from services.game.rules.expressions import Amount, Compare, Constant, Name, Test, Tree, names_in
from services.game.rules.nouns import LockKind, Statistic
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, State, condition_key, number_key, topic_key

Key = tuple[object, ...]
_PASSING = frozenset({EventKind.WAITED, EventKind.TIME_PASSED, EventKind.SLEPT})
_EXAMINED = "~examined"
_DONE = frozenset({EventKind.OPENED, EventKind.CLOSED, EventKind.DROPPED})
_TIMELESS = frozenset({Verb.WAIT, Verb.SLEEP, Verb.MOVE})


@dataclass(frozen=True, slots=True)
class Cone:
    """All that can bear on the goals. `slots` and `days` are those at which something may change by the clock alone."""

    pack: Pack
    names: frozenset[str]
    acts: frozenset[tuple[Verb, str]]
    verbs: frozenset[Verb]
    """The verbs that matter whatever they are done to."""
    slots: tuple[int, ...]
    days: tuple[int, ...]
    key: Callable[[State], Key]

    def commands(self, state: State) -> Iterator[Command]:
        """The commands that are possible now and may matter, codes that nothing gives away among them."""
        place = state.player.place
        for command in imaginable(self.pack, state):
            if command.verb in FREE_VERBS:
                continue
            if (command.verb in self.verbs or (command.verb, spelt(command, place)) in self.acts) and is_possible(
                self.pack, state, command
            ):
                yield command
        for lock in self.pack.locks.values():
            if lock.kind is LockKind.CODE and lock.known_by is None and (Verb.UNLOCK, lock.on) in self.acts:
                typed = Command(verb=Verb.UNLOCK, object=lock.on, code=lock.code)
                if state.locks[lock.lock_id].locked and is_possible(self.pack, state, typed):
                    yield typed


def cone_of(  # noqa: C901 (what is left out, and why, in one place)
    pack: Pack, operators: Sequence[Operator], goals: Sequence[Goal], *, is_lean: bool = False, is_by_day: bool = True
) -> Cone:
    """The cone of the goals: whatever is not in it can neither help nor hinder them.

    `is_lean`: leave out, too, what seldom helps: opening doors that one can as well go through, putting things down where nothing asks
    for them. A search through less finds more; but that it finds nothing then proves nothing. Nor does it without `is_by_day`, where a
    state of today is one of tomorrow, if all else is the same.
    """
    by_gain: dict[str, list[tuple[int, Holds | Growth]]] = {}
    for number, operator in enumerate(operators):
        for gain in operator.gains:
            by_gain.setdefault(gain.name, []).append((number, gain))
    names = {name for goal in goals for name in names_in(goal.tree)}
    needed, open_ = set[int](), list(names)
    while open_:
        read = set[str]()
        for number, gain in by_gain.get(open_.pop(), ()):
            if isinstance(gain, Growth):
                read |= names_in(gain.to)
            if number not in needed:
                needed.add(number)
                read |= {name for need in operators[number].needs for name in names_in(need)} | operators[number].reads
        if not open_:
            done = {operators[number].verb for number in needed} | _TIMELESS
            read |= {f"condition.{key}" for key, condition in pack.conditions.items() if condition.blocks & done}
        read |= {base for name in read for base in _bases(name)}
        open_ += read - names
        names |= read
    chosen = [operators[number] for number in sorted(needed)]
    authored = frozenset(_authored(pack))
    acts = {(operator.verb, operator.on) for operator in chosen if operator.verb is not None and _may_matter(operator, authored)}
    if is_lean:
        idle = {door for door in pack.doors if f"door.{door}.open" not in authored}
        names -= {f"door.{door}.open" for door in idle}
        acts -= {(verb, door) for verb in (Verb.OPEN, Verb.CLOSE) for door in idle if not _is_awaited(pack, door)}
        acts -= {(Verb.DROP, item) for item in pack.items if f"item.{item}.place" not in authored and not _is_awaited(pack, item)}
    slots, days = _times(pack, chosen)
    verbs = set(_whole_verbs(pack, frozenset(names), acts))
    if not is_lean and _counts_turns(pack, names):
        # Turns count, not slots alone: whatever takes a turn and no time may be what helps.
        verbs, names = set(Verb), names | {_EXAMINED}
    if is_by_day and not is_lean and _is_timed(pack, chosen, names):
        days = tuple(range(1, pack.days + 1))
        slots = tuple(range(1, pack.slots_per_day + 1)) if _is_restless(pack, chosen) else slots
    return Cone(
        pack=pack,
        names=frozenset(names),
        acts=frozenset(acts),
        verbs=frozenset(verbs),
        slots=slots,
        days=days,
        key=_key_of(pack, frozenset(names), slots, days),
    )


def _counts_turns(pack: Pack, names: Collection[str]) -> bool:
    """Whether a condition among the names passes by itself, or does something with every turn under it."""
    started = [effect for effect in all_effects(pack) if isinstance(effect, StartCondition)]
    passing = {each.condition for each in started if each.turns}
    passing |= {key for key, condition in pack.conditions.items() if condition.turns or condition.each_turn}
    under = {name.removeprefix("condition.") for name in names if name.startswith("condition.")}
    under |= {name.partition(".under.")[2].partition(".")[0] for name in names if ".under." in name}
    return any(name.partition(".")[0] in passing for name in under)


def _is_timed(pack: Pack, chosen: Sequence[Operator], names: Collection[str]) -> bool:
    """Whether anything comes with time: then a state of today is not one of tomorrow, whatever else is the same."""
    return (
        any(name.startswith(("clock.", "~agenda.", "~overheard.", "~due.")) for name in names)
        or any(operator.verb is Verb.WAIT and operator.gains for operator in chosen)
        or any(noun.day_cap is not None for noun in _numbers(pack))
        or _is_restless(pack, chosen)
    )


def _is_restless(pack: Pack, chosen: Sequence[Operator]) -> bool:
    """Whether something may change with any slot: then waiting for a while is more than not having done anything yet."""
    rules = {rule.rule_id: rule for rule in pack.rules}
    about = {operator.about for operator in chosen}
    return (
        any(not rules[named].on and not rules[named].once for named in about & rules.keys())
        or any(trigger.kind in _PASSING for named in about & rules.keys() for trigger in rules[named].on)
        or bool(about & pack.conditions.keys())
        or any(condition.blocks & _TIMELESS for condition in pack.conditions.values())
        or any(
            _reckons_with_time(tree)
            for operator in chosen
            for tree in (*operator.needs, *(g.to for g in operator.gains if isinstance(g, Growth)))
        )
    )


def _reckons_with_time(tree: Tree) -> bool:
    """Whether the time stands in it other than held against a number."""
    match tree:
        case Compare(_, Name(path), Constant()):
            return path == "clock.turn"
        case Name(path):
            return path in ("clock.day", "clock.slot", "clock.turn")
        case Constant():
            return False
    return any(_reckons_with_time(inner) for part in ("operand", "left", "right") if (inner := getattr(tree, part, None)) is not None)


def _numbers(pack: Pack) -> Iterator[Statistic]:
    yield from pack.statistics.values()
    for person in pack.people.values():
        yield from person.statistics.values()


def _is_awaited(pack: Pack, thing: str) -> bool:
    """Whether a rule waits for something that is done to the thing."""
    return any(trigger.object in (None, thing) and trigger.kind in _DONE for rule in pack.rules for trigger in rule.on)


def _may_matter(operator: Operator, authored: frozenset[str]) -> bool:
    """Putting down and shutting only undo, unless the pack asks whether something lies somewhere or is shut."""
    if operator.verb is Verb.DROP:
        return bool({f"item.{operator.about}.place", f"item.{operator.about}.carried"} & authored) or len(operator.gains) > 1
    if operator.verb is Verb.CLOSE:
        return bool({f"item.{operator.about}.open", f"door.{operator.about}.open"} & authored) or len(operator.gains) > 1
    return True


def _authored(part: object) -> Iterator[str]:
    """The names that stand in the pack's own expressions."""
    match part:
        case Test() | Amount():
            yield from part.reads
        case Mapping():
            for value in part.values():
                yield from _authored(value)
        case tuple():
            for value in part:
                yield from _authored(value)
        case _ if is_dataclass(part):
            for each in fields(part):
                yield from _authored(getattr(part, each.name))


def _bases(name: str) -> Iterator[str]:
    """The names that a derived name follows from."""
    kind, _, rest = name.partition(".")
    named, _, aspect = rest.rpartition(".")
    if kind == "item" and aspect == "carried":
        yield f"item.{named}.place"
    if kind == "person" and aspect in ("here", "sees"):
        yield from (f"person.{named}.place", f"person.{named}.status", "player.place")
        if aspect == "sees":
            yield "player.hidden"
    if aspect == "strength":
        yield f"{kind}.{named}"
    if name == "player.clues":
        yield "player.clues"


def _whole_verbs(pack: Pack, names: frozenset[str], acts: set[tuple[Verb, str]]) -> Iterator[Verb]:
    yield from _TIMELESS
    if pack.night.overheard or any(verb is Verb.LISTEN for verb, _ in acts):
        yield Verb.LISTEN
    if "player.hidden" in names or pack.night.overheard:
        yield Verb.HIDE
    if any(verb is Verb.ACCUSE for verb, _ in acts):
        yield Verb.ACCUSE


def _times(pack: Pack, operators: Sequence[Operator]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    slots, days = {1, pack.evening_from}, {1}
    for operator in operators:
        for need in operator.needs:
            for name, value in _compared(need):
                if name == "clock.slot":
                    slots |= {value, value + 1}
                if name == "clock.day":
                    days |= {value, value + 1}
    for person in pack.people.values():
        for stay in person.schedule:
            slots |= {stay.slot}
            days |= {stay.day, stay.day + 1} if stay.day is not None else set()
    for lock in pack.timed_locks:
        for hours in lock.hours:
            slots |= {hours.first, hours.last + 1}
            days |= {hours.day, hours.day + 1} if hours.day is not None else set()
    return tuple(sorted(slot for slot in slots if slot <= pack.slots_per_day)), tuple(sorted(day for day in days if day <= pack.days))


def _compared(tree: Tree) -> Iterator[tuple[str, int]]:
    match tree:
        case Compare(_, Name(path), Constant(int(value))):
            yield path, value
        case Name() | Constant():
            return
        case _:
            for part in ("operand", "left", "right"):
                inner = getattr(tree, part, None)
                if inner is not None:
                    yield from _compared(inner)


def _key_of(pack: Pack, names: frozenset[str], slots: tuple[int, ...], days: tuple[int, ...]) -> Callable[[State], Key]:
    """The key function, written out once as Python: it is asked of every state of a search."""
    parts = ["s.player.place", "s.ending", "s.clock.phase"]
    if len(slots) > 1:
        parts.append(f"bisect({slots!r}, s.clock.slot)")
    if len(days) > 1:
        parts.append(f"bisect({days!r}, s.clock.day)")
    for name in sorted(names):
        parts += _part(pack, name)
    if any(name.startswith("~due.") for name in names):
        parts.append("tuple(sorted(s.due.items()))")
    if _EXAMINED in names:
        parts.append("s.examined")
    source = f"lambda s: ({', '.join(dict.fromkeys(parts))},)"
    # Only ids of the pack, which are checked, and numbers get into the source.
    key: Callable[[State], Key] = eval(source, {"bisect": bisect_right, "tuple": tuple, "sorted": sorted, "left": _left})  # noqa: S307
    return key


def _part(pack: Pack, name: str) -> list[str]:
    kind, _, rest = name.partition(".")
    named, _, aspect = rest.partition(".")
    simple = _SIMPLE_PARTS.get(kind)
    if simple is not None:
        return [simple.format(named=named)]
    match kind:
        case "lock":
            return _lock_parts(pack, named, aspect)
        case "place":
            return [f"{named!r} in s.{aspect}"]
        case "door":
            return [f"{named!r} in s.{'opened' if aspect == 'open' else 'examined'}"]
        case "player":
            return _player_part(pack, named)
        case "item":
            return [_item_part(named, aspect)]
        case "person":
            return _person_part(pack, named, aspect)
    return []


_SIMPLE_PARTS = {
    "flag": "s.flags['{named}']",
    "var": "s.variables['{named}']",
    "clue": "'{named}' in s.clues",
    "rule": "'{named}' in s.fired",
    "condition": f"left(s, '{condition_key(PLAYER, '{named}')}')",
    # What was overheard or done at night; the prover's other own names follow from the rest.
    "~overheard": "'{named}' in s.fired",
    "~agenda": "'{named}' in s.fired",
}
"""The parts of the key for the kinds that need no telling apart."""


def _lock_parts(pack: Pack, lock: str, aspect: str) -> list[str]:
    noun, parts = pack.locks[lock], {aspect, "locked"}
    if noun.kind is LockKind.SEQUENCE:
        parts |= {"progress"}
    if noun.attempts is not None:
        parts |= {"failures"}
    return [f"s.locks[{lock!r}].{part}" for part in sorted(parts)]


def _left(state: State, key: str) -> tuple[int, int] | None:
    """How much longer a condition lasts, in turns, and how strong it is."""
    known = state.conditions.get(key)
    return None if known is None else (known.until and known.until - state.meta.turn, known.strength)


def _dawn(noun: Statistic, person: str | None, key: str) -> list[str]:
    """What a number was in the morning, where that bounds it."""
    return [] if noun.day_cap is None else [f"s.dawn[{number_key(person, key)!r}]"]


def _player_part(pack: Pack, aspect: str) -> list[str]:
    if aspect in pack.statistics:
        return [f"s.player.statistics[{aspect!r}]", *_dawn(pack.statistics[aspect], None, aspect)]
    return {"hidden": ["s.player.hidden"], "clues": ["len(s.clues)"]}.get(aspect, [])


def _item_part(item: str, aspect: str) -> str:
    if aspect in ("place", "carried"):
        return f"s.items[{item!r}].where"
    if aspect == "state":
        return f"s.items[{item!r}].state"
    return f"{item!r} in s.{'opened' if aspect == 'open' else aspect}"


def _person_part(pack: Pack, person: str, aspect: str) -> list[str]:
    who = f"s.people[{person!r}]"
    if aspect in ("place", "status", "phase", "mood", "noticed"):
        return [f"{who}.{aspect}"]
    if aspect in pack.people[person].statistics:
        return [f"{who}.statistics[{aspect!r}]", *_dawn(pack.people[person].statistics[aspect], person, aspect)]
    of, _, what = aspect.partition(".")
    match of:
        case "told":
            return [f"{topic_key(person, what)!r} in s.talked"]
        case "knows":
            return [f"{what!r} in {who}.knows"]
        case "under":
            return [f"left(s, {condition_key(person, what.partition('.')[0])!r})"]
        case "talked" | "examined":
            return [f"{person!r} in s.{of}"]
    return []
