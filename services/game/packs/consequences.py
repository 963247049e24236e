"""The effects of a pack, read from its files: a closed list, each a key with what it is about."""

from collections.abc import Callable, Iterator

from services.game.packs.fields import integer, items, scalar
from services.game.packs.reading import Reading
from services.game.packs.source import Mapping, Node, Spot
from services.game.rules import effects as fx
from services.game.rules.effects import Effect
from services.game.rules.expressions import NEVER, Amount
from services.game.rules.nouns import Kind
from services.game.rules.state import PLAYER, Status

Effects = Iterator[Effect]
_TURNS_MAX = 1000


def read_effects(reading: Reading, nodes: tuple[Node, ...]) -> tuple[Effect, ...]:
    """The effects that a list says: `- reveal: note`, `- set: {flag.power: true}`, `- if: …` with `then` and `else`."""
    return tuple(effect for node in nodes for effect in _read_effect(reading, node))


def _read_effect(reading: Reading, node: Node) -> Effects:
    if not isinstance(node, Mapping) or not node.entries:
        reading.problems.add(node.spot, f"an effect is one of {', '.join(sorted([*_SIMPLE, *_BRANCHING]))}, with what it is about")
        return
    for key, read in _BRANCHING.items():
        if key in node.entries:
            yield read(reading, node)
            return
    for key, value in node.entries.items():
        simple = _SIMPLE.get(key)
        if simple is None:
            reading.problems.unknown(node.keys[key], "effect", key, [*_SIMPLE, *_BRANCHING])
        else:
            yield from simple(reading, value)


def _if(reading: Reading, node: Mapping) -> Effect:
    fields = reading.fields(node, "an if")
    test = reading.test(fields.need("if"))
    then, otherwise = read_effects(reading, fields.items("then")), read_effects(reading, fields.items("else"))
    fields.done()
    return fx.When(test=test or NEVER, then=then, otherwise=otherwise)


def _chance(reading: Reading, node: Mapping) -> Effect:
    fields = reading.fields(node, "a chance")
    percent = fields.integer("chance", minimum=0, maximum=100)
    # The label is part of a game's fate: it must not change when lines are moved, so the author names it.
    label = fields.text("label")
    then, otherwise = read_effects(reading, fields.items("then")), read_effects(reading, fields.items("else"))
    fields.done()
    return fx.Chance(percent=percent, label=label, then=then, otherwise=otherwise)


def _set(reading: Reading, node: Node) -> Effects:
    for path, value, spot in _assignments(reading, node):
        yield from _assign(reading, path, value, spot)


def _assign(reading: Reading, path: list[str], value: Node, spot: Spot) -> Effects:
    declared = reading.declared
    match path:
        case ["flag", flag] if flag in declared.flags:
            test = reading.test(value)
            assert test is not None, "a value stands there"
            yield fx.SetFlag(flag=flag, value=test)
        case ["item", item, "state"] if item in declared.item_states:
            yield fx.SetItemState(item=item, state=reading.one_of(value, f"state of {item}", declared.item_states[item]))
        case ["person", person, "mood"] if person in declared.person_moods:
            yield fx.SetMood(person=person, mood=reading.one_of(value, f"mood of {person}", declared.person_moods[person]))
        case ["person", person, "status"] if person in declared.person_moods:
            yield fx.SetStatus(person=person, status=reading.one_of(value, "status", tuple(Status)))
        case _ if _is_settable(reading, path, spot):
            yield from _assign_number(reading, path, reading.amount(value), spot)


def _assign_number(reading: Reading, path: list[str], amount: Amount, spot: Spot) -> Effects:
    declared = reading.declared
    match path:
        case ["var", variable] if variable in declared.variables:
            yield fx.SetVariable(variable=variable, value=amount)
        case ["player", key] if key in declared.statistics:
            yield fx.SetStatistic(person=None, statistic=key, value=amount)
        case ["person", person, key] if key in declared.person_statistics.get(person, ()):
            yield fx.SetStatistic(person=person, statistic=key, value=amount)
        case _:
            reading.problems.add(spot, f"{'.'.join(path)!r} is no number, and only numbers can be added to")


def _is_settable(reading: Reading, path: list[str], spot: Spot) -> bool:
    """Whether there is such a thing; else it is noted, and what it would be set to is not looked at."""
    known, named = _settable(reading), ".".join(path)
    if named not in known:
        reading.problems.unknown(spot, "thing that can be set or added to", named, known)
    return named in known


def _settable(reading: Reading) -> list[str]:
    declared = reading.declared
    return [
        *(f"flag.{flag}" for flag in declared.flags),
        *(f"var.{variable}" for variable in declared.variables),
        *(f"player.{key}" for key in declared.statistics),
        *(f"item.{item}.state" for item, states in declared.item_states.items() if states),
        *(f"person.{person}.{key}" for person in declared.person_moods for key in ("mood", "status")),
        *(f"person.{person}.{key}" for person, keys in declared.person_statistics.items() for key in keys),
    ]


def _add(reading: Reading, node: Node) -> Effects:
    for path, value, spot in _assignments(reading, node):
        if _is_settable(reading, path, spot):
            yield from _assign_number(reading, path, reading.expressions.sum(".".join(path), reading.amount(value)), spot)


def _assignments(reading: Reading, node: Node) -> Iterator[tuple[list[str], Node, Spot]]:
    fields = reading.fields(node, "set or add")
    for key, value in fields.mapping.entries.items():
        yield key.split("."), value, fields.mapping.keys[key]


def _move(reading: Reading, node: Node) -> Effects:
    fields = reading.fields(node, "move")
    for moved, to in fields.mapping.entries.items():
        kind = reading.declared.kinds.get(moved)
        if moved == PLAYER:
            yield fx.MovePerson(person=None, place=reading.id(to, Kind.PLACE))
        elif kind is Kind.ITEM:
            yield fx.MoveItem(item=moved, where=reading.id(to, Kind.PLACE, Kind.ITEM, Kind.PERSON))
        elif kind is Kind.PERSON:
            place = reading.id(to, Kind.PLACE, also=("nowhere",))
            yield fx.MovePerson(person=moved, place=None if place == "nowhere" else place)
        else:
            known = [*reading.declared.of(Kind.ITEM, Kind.PERSON), PLAYER]
            reading.problems.unknown(fields.mapping.keys[moved], "item or person", moved, known)


def _give(reading: Reading, node: Node) -> Effects:
    yield from (fx.GiveItem(item=item) for item in reading.ids(items(node), Kind.ITEM))


def _take(reading: Reading, node: Node) -> Effects:
    yield from (fx.TakeItem(item=item) for item in reading.ids(items(node), Kind.ITEM))


def _reveal(reading: Reading, node: Node) -> Effects:
    if isinstance(node, Mapping):
        fields = reading.fields(node, "reveal")
        clue, source = fields.need("clue"), fields.need("from")
        fields.done()
        if clue is not None and source is not None:
            yield fx.RevealClue(clue=reading.id(clue, Kind.CLUE), source=reading.id(source, Kind.PERSON))
        return
    for named in reading.ids(items(node), Kind.CLUE, Kind.ITEM):
        if reading.declared.kinds.get(named) is Kind.ITEM:
            yield fx.RevealItem(item=named)
        else:
            yield fx.RevealClue(clue=named, source=None)


def _inform(reading: Reading, node: Node) -> Effects:
    fields = reading.fields(node, "inform")
    for person, clues in fields.mapping.entries.items():
        if person not in reading.declared.person_moods:
            reading.problems.unknown(fields.mapping.keys[person], "person", person, reading.declared.of(Kind.PERSON))
            continue
        yield from (fx.Inform(person=person, clue=clue) for clue in reading.ids(items(clues), Kind.CLUE))


def _things(reading: Reading, node: Node) -> Iterator[str]:
    for each in items(node):
        thing = reading.id(each, Kind.DOOR, Kind.ITEM)
        if reading.declared.kinds.get(thing) is Kind.ITEM and thing not in reading.declared.containers:
            reading.problems.add(each.spot, f"{thing!r} is no container: it can't be opened or closed")
        yield thing


def _open(reading: Reading, node: Node) -> Effects:
    yield from (fx.SetOpen(thing=thing, is_open=True) for thing in _things(reading, node))


def _close(reading: Reading, node: Node) -> Effects:
    yield from (fx.SetOpen(thing=thing, is_open=False) for thing in _things(reading, node))


def _lock(reading: Reading, node: Node) -> Effects:
    yield from (fx.SetLocked(lock=lock, is_locked=True) for lock in reading.ids(items(node), Kind.LOCK))


def _unlock(reading: Reading, node: Node) -> Effects:
    yield from (fx.SetLocked(lock=lock, is_locked=False) for lock in reading.ids(items(node), Kind.LOCK))


def _condition(reading: Reading, node: Node) -> tuple[str, str, int]:
    """Bearer, condition and turns of `start: drowsy` or `start: {condition: drowsy, on: mina, turns: 3}`."""
    if not isinstance(node, Mapping):
        return PLAYER, reading.id(node, Kind.CONDITION), 0
    fields = reading.fields(node, "start or stop")
    condition, bearer = fields.need("condition"), fields.node("on")
    turns = fields.node("turns")
    fields.done()
    return (
        PLAYER if bearer is None else reading.id(bearer, Kind.PERSON, also=(PLAYER,)),
        "" if condition is None else reading.id(condition, Kind.CONDITION),
        0 if turns is None else integer(turns, reading.problems, "'turns'", 1, _TURNS_MAX),
    )


def _start(reading: Reading, node: Node) -> Effects:
    bearer, condition, turns = _condition(reading, node)
    yield fx.StartCondition(bearer=bearer, condition=condition, turns=turns)


def _stop(reading: Reading, node: Node) -> Effects:
    bearer, condition, _ = _condition(reading, node)
    yield fx.StopCondition(bearer=bearer, condition=condition)


def _schedule(reading: Reading, node: Node) -> Effects:
    """`schedule: {rule: bell, in: 3}`, or `{rule: bell, day: 2, slot: 5}`."""
    fields = reading.fields(node, "schedule")
    rule, spot = fields.need("rule"), node.spot
    slots = fields.integer("in", default=0, minimum=1, maximum=_TURNS_MAX) or None
    day = fields.integer("day", default=0, minimum=1, maximum=_TURNS_MAX) or None
    slot = fields.integer("slot", default=0, minimum=1, maximum=_TURNS_MAX) or None
    fields.done()
    if (slots is None) is (day is None or slot is None) or (slots is not None and (day or slot)):
        reading.problems.add(spot, "schedule says when: 'in' so many slots, or 'day' and 'slot'")
    if rule is not None:
        yield fx.ScheduleRule(rule=reading.due(rule), slots=slots, day=day, slot=slot)


def _cancel(reading: Reading, node: Node) -> Effects:
    yield from (fx.CancelRule(rule=reading.due(each)) for each in items(node))


def _say(reading: Reading, node: Node) -> Effects:
    if not isinstance(node, Mapping):
        for each in items(node):
            word = scalar(each, reading.problems, "a line's key").text
            yield fx.Say(text=reading.want(f"line.{word}", each.spot), speaker=None)
        return
    fields = reading.fields(node, "say")
    line, speaker = fields.text("line"), fields.need("by")
    fields.done()
    yield fx.Say(text=reading.want(f"line.{line}", node.spot), speaker=None if speaker is None else reading.id(speaker, Kind.PERSON))


def _end(reading: Reading, node: Node) -> Effects:
    yield fx.End(ending=reading.id(node, Kind.ENDING))


_SIMPLE: dict[str, Callable[[Reading, Node], Effects]] = {
    "set": _set,
    "add": _add,
    "move": _move,
    "give": _give,
    "take": _take,
    "reveal": _reveal,
    "inform": _inform,
    "open": _open,
    "close": _close,
    "lock": _lock,
    "unlock": _unlock,
    "start": _start,
    "stop": _stop,
    "schedule": _schedule,
    "cancel": _cancel,
    "say": _say,
    "end": _end,
}
_BRANCHING: dict[str, Callable[[Reading, Mapping], Effect]] = {"if": _if, "chance": _chance}
