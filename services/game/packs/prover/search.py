"""Looking for what can be reached, by playing: a state space under keys, explored in the order of time or of promise."""

import heapq
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from services.game.packs.prover.cone import Cone, Key
from services.game.packs.prover.goals import Goal
from services.game.rules.admissible import admissible
from services.game.rules.begin import begin
from services.game.rules.cast import LABELS
from services.game.rules.commands import FREE_VERBS, Command, Refused, Verb
from services.game.rules.consequences import slots_since_begin
from services.game.rules.decide import play
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.rules.verbs.speech import WORDED_VERBS

SEED = b"maratang"
"""The seed that witnesses are found and replayed with."""
Move = tuple[Command, str | None]
"""A command, and the label that the player's words were taken with."""
Out = Callable[[], bool]
"""Whether the time for it is up."""


def out_after(seconds: float) -> Out:
    """Up when so much of the processor's time has gone by from now: what else the machine does changes nothing."""
    until = time.process_time() + seconds
    return lambda: time.process_time() > until


@dataclass(slots=True)
class Exploration:
    """The states found so far, each by how it was come to: its number, the moves from its parent, when."""

    parents: list[tuple[int, tuple[Move, ...]]] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    times: list[tuple[int, int]] = field(default_factory=list)
    states: list[State | None] = field(default_factory=list)
    edges: list[list[int]] = field(default_factory=list)
    reached: dict[Goal, tuple[Move, ...]] = field(default_factory=dict)
    """The moves to each goal that was come to."""
    stuck: list[int] = field(default_factory=list)
    """States in which nothing can be done, though the game goes on."""
    is_whole: bool = False
    """Whether every state there is was expanded."""
    steps: int = 0

    def take(self, key: Key, parent: int, moves: tuple[Move, ...], when: tuple[int, int]) -> int | None:
        """Take a state in, and give it its number; None, if one under its key was come to as early."""
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.parents)
            self.parents.append((parent, moves))
            self.times.append(when)
            return number
        if self.times[number] <= when:
            return None
        self.parents[number], self.times[number] = (parent, moves), when
        return number

    def reach(self, goal: Goal, number: int, moves: tuple[Move, ...] = ()) -> None:
        """Note that the moves from the state reach the goal."""
        self.reached[goal] = (*self.moves(number), *moves)

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
    what has more of the plan, each part of it worth `weight` slots. `keep` keeps every state, for who looks at them later.
    `labels`: the player's words may be taken in every way that the pack knows. `only`: nothing but these verbs. `first`: enough when
    this one is reached. `start`: the state to explore from, instead of a game's first.
    """
    search = _Search(cone, goals, plan, weight, keep=keep)
    found = search.found
    search.add(begin(cone.pack, SEED)[0] if start is None else start, 0, (), 0)
    while search.heap and (search.wanted or keep) and first not in found.reached and len(found.parents) < states_max and not out():
        number, mask, state = search.next()
        if found.times[number] < time_of(cone.pack, state):
            continue
        steps = found.steps
        for moves, after in successors(cone, state, labels=labels, only=only):
            found.steps += len(moves)
            search.add(after, number, moves, mask)
        if found.steps == steps and only is None and not any(each.verb not in FREE_VERBS for each in admissible(cone.pack, state)):
            found.stuck.append(number)
    found.is_whole = not search.heap
    return found


class _Search:
    """What is known, and what is to be looked into next."""

    def __init__(self, cone: Cone, goals: Collection[Goal], plan: Sequence[Callable[[State], bool]], weight: int, *, keep: bool) -> None:
        self.found = Exploration()
        self.wanted = dict.fromkeys(goals)
        self.heap: list[tuple[tuple[int, ...], int, int, int, State]] = []
        self._cone, self._plan, self._weight, self._keep = cone, plan, weight, keep
        self._seen_parts: dict[int, set[tuple[int, object]]] = {}
        self._order = count()

    def next(self) -> tuple[int, int, State]:
        """The most promising state: its number, what of the plan has been in it or before it, itself."""
        _, _, number, mask, state = heapq.heappop(self.heap)
        return number, mask, state

    def add(self, state: State, parent: int, moves: tuple[Move, ...], mask: int) -> None:
        """Take the state in, if none under its key was come to as early."""
        found, key, when = self.found, self._cone.key(state), time_of(self._cone.pack, state)
        number = found.take(key, parent, moves, when)
        if self._keep:
            if len(found.states) < len(found.parents):
                found.states.append(state)
                found.edges.append([])
            if moves:
                found.edges[parent].append(found.numbers[key])
        if number is None:
            return
        for goal in [goal for goal in self.wanted if goal.is_in(state)]:
            found.reach(goal, number)
            del self.wanted[goal]
        if state.ending is None:
            for bit, has in enumerate(self._plan):
                if not mask >> bit & 1 and has(state):
                    mask |= 1 << bit
            heapq.heappush(self.heap, (self._promise(key, mask, when), next(self._order), number, mask, state))

    def _promise(self, key: Key, mask: int, when: tuple[int, int]) -> tuple[int, ...]:
        """The order of promise: something new among what has as much of the plan; then early, and with much of the plan."""
        if not self._plan:
            return when
        progress = mask.bit_count()
        known = self._seen_parts.setdefault(progress, set())
        size = len(known)
        known.update(enumerate(key))
        return (0 if len(known) > size else 1, when[0] - self._weight * progress, when[1])


def successors(cone: Cone, state: State, *, labels: bool, only: Collection[Verb] | None) -> Iterator[tuple[tuple[Move, ...], State]]:
    """The states that come next, each with the moves to it; waiting and following go on until something comes of them."""
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


def time_of(pack: Pack, state: State) -> tuple[int, int]:
    """How late it is in the state: in slots, nights counted as one, and in turns."""
    clock = state.clock
    return slots_since_begin(clock.day, clock.slot, pack.slots_per_day + 1) + (clock.phase == "night"), state.meta.turn
