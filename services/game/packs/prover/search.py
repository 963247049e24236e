"""Looking for what can be reached, by playing: a state space under keys, explored in the order of time or of promise."""

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from services.game.packs.prover.cone import Cone, Key
from services.game.packs.prover.goals import Goal
from services.game.packs.prover.relaxation import Fact
from services.game.rules.admissible import admissible
from services.game.rules.begin import begin
from services.game.rules.cast import LABELS
from services.game.rules.commands import FREE_VERBS, Command, Refused, Verb
from services.game.rules.consequences import slots_since_begin
from services.game.rules.decide import play
from services.game.rules.nouns import Lock
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, State, condition_key
from services.game.rules.verbs.speech import WORDED_VERBS

SEED = b"maratang"
"""The seed that witnesses are found and replayed with."""
Move = tuple[Command, str | None]
"""A command, and the label that the player's words were taken with."""
Out = Callable[[], bool]
"""Whether the time for it is up."""


@dataclass(slots=True)
class Exploration:
    """The states found so far, each by how it was come to: its number, the moves from its parent, when."""

    parents: list[tuple[int, tuple[Move, ...]]] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    times: list[tuple[int, int]] = field(default_factory=list)
    states: list[State | None] = field(default_factory=list)
    edges: list[list[int]] = field(default_factory=list)
    reached: dict[Goal, int] = field(default_factory=dict)
    stuck: list[int] = field(default_factory=list)
    """States in which nothing can be done, though the game goes on."""
    is_whole: bool = False
    """Whether every state there is was expanded."""
    steps: int = 0

    def moves(self, number: int) -> tuple[Move, ...]:
        """The moves that lead to the state."""
        path: list[tuple[Move, ...]] = []
        while number:
            number, moves = self.parents[number]
            path.append(moves)
        return tuple(move for moves in reversed(path) for move in moves)


def explore(
    cone: Cone,
    goals: Collection[Goal],
    *,
    out: Out,
    plan: Sequence[Callable[[State], bool]] = (),
    weight: int = 2,
    labels: bool = False,
    only: Collection[Verb] | None = None,
    keep: bool = False,
    first: Goal | None = None,
    states_max: int = 10**9,
    start: State | None = None,
) -> Exploration:
    """Explore until all goals are reached, nothing is left, or it is enough.

    Without a plan in the order of time, so that the first way to a state is a quickest; with one, what is new goes first, and then
    what has more of the plan, each part of it worth `weight` slots. `keep` keeps every state, for who looks at them later. `labels`: the player's words may
    be taken in every way that the pack knows. `only`: nothing but these verbs. `first`: enough when this one is reached.
    """
    pack, found, order = cone.pack, Exploration(), count()
    wanted = dict.fromkeys(goals)
    seen_atoms: dict[int, set[tuple[int, object]]] = {}
    heap: list[tuple[tuple[int, ...], int, int, int, State]] = []

    def add(state: State, parent: int, moves: tuple[Move, ...], mask: int) -> None:
        key, time = cone.key(state), _time(pack, state)
        number = found.numbers.get(key)
        if number is not None and found.times[number] <= time:
            if keep:
                found.edges[parent].append(number)
            return
        if number is None:
            number = len(found.parents)
            found.numbers[key] = number
            found.parents.append((parent, moves))
            found.times.append(time)
            found.states.append(state if keep else None)
            found.edges.append([])
        else:
            found.parents[number], found.times[number] = (parent, moves), time
        if keep and number:
            found.edges[parent].append(number)
        for goal in [goal for goal in wanted if goal.is_in(state)]:
            found.reached[goal] = number
            del wanted[goal]
        if state.ending is None:
            for bit, has in enumerate(plan):
                if not mask >> bit & 1 and has(state):
                    mask |= 1 << bit
            heapq.heappush(heap, (_promise(key, mask, time, seen_atoms, weight) if plan else time, next(order), number, mask, state))

    add(start or begin(pack, SEED)[0], 0, (), 0)
    while heap and (wanted or keep) and first not in found.reached and len(found.parents) < states_max and not out():
        _, _, number, mask, state = heapq.heappop(heap)
        if found.times[number] < _time(pack, state):
            continue
        steps = found.steps
        for moves, after in _successors(cone, state, labels=labels, only=only):
            found.steps += len(moves)
            add(after, number, moves, mask)
        if found.steps == steps and only is None and not any(each.verb not in FREE_VERBS for each in admissible(pack, state)):
            found.stuck.append(number)
    found.is_whole = not heap
    return found


def _promise(key: Key, mask: int, time: tuple[int, int], seen_atoms: dict[int, set[tuple[int, object]]], weight: int) -> tuple[int, ...]:
    """The order of promise: something new among what has as much of the plan; then early, and with much of the plan."""
    progress = mask.bit_count()
    known = seen_atoms.setdefault(progress, set())
    size = len(known)
    known.update(enumerate(key))
    return (0 if len(known) > size else 1, time[0] - weight * progress, time[1])


def _successors(cone: Cone, state: State, *, labels: bool, only: Collection[Verb] | None) -> Iterator[tuple[tuple[Move, ...], State]]:
    for command in cone.commands(state):
        if only is not None and command.verb not in only:
            continue
        if command.verb is Verb.WAIT:
            yield from _waiting(cone, state, command)
            continue
        if command.verb is Verb.FOLLOW:
            yield from _following(cone, state, command)
            continue
        after = play(cone.pack, state, command).state
        if after is not state:
            yield ((command, None),), after
        if labels and command.verb in WORDED_VERBS and command.object is not None:
            for label in LABELS:
                if label in cone.pack.people[command.object].labels:
                    yield ((command, label),), play(cone.pack, state, command, label).state


def _following(cone: Cone, state: State, command: Command) -> Iterator[tuple[tuple[Move, ...], State]]:
    """Following, when they go: waiting with them until then, at most a day."""
    place, moves = state.player.place, list[Move]()
    for _ in range(cone.pack.slots_per_day):
        try:
            after = play(cone.pack, state, command).state
            if after.player.place != place:
                yield (*moves, (command, None)), after
                return
            state = play(cone.pack, state, Command(verb=Verb.WAIT)).state
        except Refused:
            return
        moves.append((Command(verb=Verb.WAIT), None))


def _waiting(cone: Cone, state: State, command: Command) -> Iterator[tuple[tuple[Move, ...], State]]:
    """Waiting until something comes of it: until the key is another, at most a day."""
    key, moves = cone.key(state), list[Move]()
    for _ in range(cone.pack.slots_per_day + 2):
        try:
            state = play(cone.pack, state, command).state
        except Refused:
            return
        moves.append((command, None))
        if cone.key(state) != key:
            yield tuple(moves), state
            return


def _time(pack: Pack, state: State) -> tuple[int, int]:
    """How late it is in the state: in slots, nights counted as one, and in turns."""
    clock = state.clock
    return slots_since_begin(clock.day, clock.slot, pack.slots_per_day + 1) + (clock.phase == "night"), state.meta.turn


def achievements(pack: Pack, facts: Collection[Fact]) -> list[Callable[[State], bool]]:
    """Of the facts of a relaxed plan, those that a state can be asked for; of a number, each quarter of the way to it."""
    return [each for name, value in sorted(facts, key=str) for each in _achieved(pack, name, value)]


def _achieved(pack: Pack, name: str, value: object) -> Iterator[Callable[[State], bool]]:
    kind, _, rest = name.partition(".")
    named, _, aspect = rest.partition(".")
    match kind:
        case "flag":
            yield lambda state: state.flags[named] == value
        case "clue" if value is True:
            yield lambda state: named in state.clues
        case "lock" if value is False:
            yield lambda state: not state.locks[named].locked
        case "rule" if value is True:
            yield lambda state: named in state.fired
        case "item":
            yield from _of_item(named, aspect, value)
        case "person" if aspect in ("phase", "place"):
            yield lambda state: getattr(state.people[named], aspect) == value
        case "person" if aspect in pack.people[named].statistics:
            initial = pack.people[named].statistics[aspect].initial
            yield from _of_number(lambda state: state.people[named].statistics[aspect], initial, str(value))
        case "player" if named in pack.statistics:
            yield from _of_number(lambda state: state.player.statistics[named], pack.statistics[named].initial, str(value))
        case "var":
            yield from _of_number(lambda state: state.variables[named], pack.variables[named].initial, str(value))
        case "~used":
            yield from (_step(lock, step) for lock in pack.sequences[named] for step in range(1, len(lock.sequence)))
        case "condition" if aspect == "strength":
            yield from _of_number(lambda state: _strength(state, named), 0, str(value))
        case "condition" if value is True:
            yield lambda state: condition_key(PLAYER, named) in state.conditions


def _strength(state: State, condition: str) -> int:
    known = state.conditions.get(condition_key(PLAYER, condition))
    return 0 if known is None else known.strength


def _step(lock: Lock, step: int) -> Callable[[State], bool]:
    return lambda state: state.locks[lock.lock_id].progress >= step or not state.locks[lock.lock_id].locked


def _of_number(get: Callable[[State], int], initial: int, wanted: str) -> Iterator[Callable[[State], bool]]:
    sign, _, number = wanted.rpartition(" ")
    bound = int(number)
    for quarter in range(1, 5):
        yield _beyond(get, initial + (bound - initial) * quarter / 4, up=sign in (">", ">=", "", "=="))


def _beyond(get: Callable[[State], int], bound: float, *, up: bool) -> Callable[[State], bool]:
    return (lambda state: get(state) >= bound) if up else (lambda state: get(state) <= bound)


def _of_item(item: str, aspect: str, value: object) -> Iterator[Callable[[State], bool]]:
    field = {"found": "found", "read": "read", "open": "opened", "searched": "searched", "examined": "examined"}.get(aspect)
    if aspect == "place" and value == PLAYER:
        yield lambda state: state.items[item].where == PLAYER
    elif aspect == "state":
        yield lambda state: state.items[item].state == value
    elif field is not None and value is True:
        yield lambda state: item in getattr(state, field)
