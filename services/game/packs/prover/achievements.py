"""What a search towards a goal may count: of the facts of a relaxed plan, those that a state can be asked for."""

from collections.abc import Callable, Collection, Iterator, Mapping

from services.game.packs.prover.relaxation import Fact
from services.game.rules.nouns import Lock
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, State, condition_key

Achievement = Callable[[State], bool]


def achievements(pack: Pack, facts: Collection[Fact]) -> list[Achievement]:
    """Of the facts of a relaxed plan, those that a state can be asked for; of a number, each quarter of the way to it."""
    return [each for name, value in sorted(facts, key=str) for each in _achieved(pack, name, value)]


def _achieved(pack: Pack, name: str, value: object) -> Iterator[Achievement]:
    kind, _, rest = name.partition(".")
    named, _, aspect = rest.partition(".")
    if kind in _BY_KIND:
        yield from _BY_KIND[kind](pack, named, aspect, value)


def _flag(_pack: Pack, flag: str, _aspect: str, value: object) -> Iterator[Achievement]:
    yield lambda state: state.flags[flag] == value


def _clue(_pack: Pack, clue: str, _aspect: str, value: object) -> Iterator[Achievement]:
    if value is True:
        yield lambda state: clue in state.clues


def _lock(_pack: Pack, lock: str, _aspect: str, value: object) -> Iterator[Achievement]:
    if value is False:
        yield lambda state: not state.locks[lock].locked


def _rule(_pack: Pack, rule: str, _aspect: str, value: object) -> Iterator[Achievement]:
    if value is True:
        yield lambda state: rule in state.fired


def _item(_pack: Pack, item: str, aspect: str, value: object) -> Iterator[Achievement]:
    field = {"found": "found", "read": "read", "open": "opened", "searched": "searched", "examined": "examined"}.get(aspect)
    if aspect == "place" and value == PLAYER:
        yield lambda state: state.items[item].where == PLAYER
    elif aspect == "state":
        yield lambda state: state.items[item].state == value
    elif field is not None and value is True:
        yield lambda state: item in getattr(state, field)


def _person(pack: Pack, person: str, aspect: str, value: object) -> Iterator[Achievement]:
    if aspect in ("phase", "place"):
        yield lambda state: getattr(state.people[person], aspect) == value
    elif aspect in pack.people[person].statistics:
        initial = pack.people[person].statistics[aspect].initial
        yield from _of_number(lambda state: state.people[person].statistics[aspect], initial, value)


def _player(pack: Pack, named: str, _aspect: str, value: object) -> Iterator[Achievement]:
    if named in pack.statistics:
        yield from _of_number(lambda state: state.player.statistics[named], pack.statistics[named].initial, value)


def _variable(pack: Pack, named: str, _aspect: str, value: object) -> Iterator[Achievement]:
    yield from _of_number(lambda state: state.variables[named], pack.variables[named].initial, value)


def _condition(_pack: Pack, condition: str, aspect: str, value: object) -> Iterator[Achievement]:
    key = condition_key(PLAYER, condition)
    if aspect == "strength":
        yield from _of_number(lambda state: state.conditions[key].strength if key in state.conditions else 0, 0, value)
    elif value is True:
        yield lambda state: key in state.conditions


def _used(pack: Pack, item: str, _aspect: str, _value: object) -> Iterator[Achievement]:
    yield from (_step(lock, step) for lock in pack.sequences[item] for step in range(1, len(lock.sequence)))


_BY_KIND: Mapping[str, Callable[[Pack, str, str, object], Iterator[Achievement]]] = {
    "flag": _flag,
    "clue": _clue,
    "lock": _lock,
    "rule": _rule,
    "item": _item,
    "person": _person,
    "player": _player,
    "var": _variable,
    "condition": _condition,
    "~used": _used,
}


def _step(lock: Lock, step: int) -> Achievement:
    return lambda state: state.locks[lock.lock_id].progress >= step or not state.locks[lock.lock_id].locked


def _of_number(get: Callable[[State], int], initial: int, wanted: object) -> Iterator[Achievement]:
    sign, _, number = str(wanted).rpartition(" ")
    bound = int(number)
    for quarter in range(1, 5):
        yield _beyond(get, initial + (bound - initial) * quarter / 4, up=sign in (">", ">=", "", "=="))


def _beyond(get: Callable[[State], int], bound: float, *, up: bool) -> Achievement:
    return (lambda state: get(state) >= bound) if up else (lambda state: get(state) <= bound)
