"""A search that goes where an estimate says the least is left to do, and tries what the estimate says."""

import heapq
from collections.abc import Collection, Iterable
from itertools import count

from services.game.packs.prover.cone import Cone, Key
from services.game.packs.prover.facts import spelt
from services.game.packs.prover.goals import Goal
from services.game.packs.prover.search import SEED, Exploration, Move, Out, successors, time_of
from services.game.packs.prover.steering.estimate import ENDLESS, Estimate, estimate
from services.game.packs.prover.steering.task import Task
from services.game.packs.prover.steering.walking import Walk
from services.game.rules.begin import begin
from services.game.rules.commands import Command
from services.game.rules.state import State

Milestone = tuple[State, tuple[Move, ...]]
"""A state, and the moves from the beginning that lead to it."""
_MILESTONES = 40
"""How many of those that are known already a search begins at besides the beginning."""


def steer(
    cone: Cone,
    task: Task,
    goal: Goal,
    wanted: Collection[Goal],
    *,
    out: Out,
    weight: int,
    labels: bool = False,
    states_max: int = 10**9,
    milestones: Iterable[Milestone] = (),
    start: State | None = None,
) -> Exploration:
    """Search for the goal until it is reached, nothing promising is left, or it is enough; what else is wanted is taken along.

    `weight`: how many slots that have gone by one slot of the estimate counts for. `milestones`: states to begin at, too, where they
    promise something. `start`: the state to search from, instead of a game's first.
    """
    steering = _Steering(cone, task, goal, wanted, weight, labels=labels)
    steering.begin_at(begin(cone.pack, SEED)[0] if start is None else start, milestones)
    return steering.explore(out, states_max)


class _Steering:
    def __init__(self, cone: Cone, task: Task, goal: Goal, wanted: Collection[Goal], weight: int, *, labels: bool) -> None:
        self._found = Exploration()
        self._cone, self._task, self._goal, self._weight, self._labels = cone, task, goal, weight, labels
        self._wanted = dict.fromkeys(wanted)
        self._order = count()
        self._heap: list[tuple[bool, int, int, int, State]] = []
        self._seen_parts: dict[int, set[tuple[int, object]]] = {}

    def begin_at(self, start: State, milestones: Iterable[Milestone]) -> None:
        """Begin at the start, and at the milestones from which the least is left to do."""
        self._add(start, 0, (), 0)
        promising: dict[Key, tuple[int, int, Milestone]] = {}
        for number, milestone in enumerate(milestones):
            state, key = milestone[0], self._cone.key(milestone[0])
            if key not in promising:
                left = estimate(self._task, state).cost
                promising[key] = (self._weight * left + time_of(self._cone.pack, state)[0], number, milestone)
        for promise, _, (state, moves) in sorted(promising.values(), key=lambda each: each[:2])[:_MILESTONES]:
            if promise < ENDLESS:
                self._add(state, 0, moves, 0)

    def explore(self, out: Out, states_max: int) -> Exploration:
        """See `steer`."""
        found = self._found
        while self._heap and self._goal not in found.reached and len(found.parents) < states_max and not out():
            _, _, _, number, state = heapq.heappop(self._heap)
            if found.times[number] < time_of(self._cone.pack, state):
                continue
            left = estimate(self._task, state)
            if left.cost >= ENDLESS:
                continue
            self._walk(number, state, left)
            if self._goal not in found.reached:
                self._expand(number, state, left)
        return found

    def _walk(self, number: int, state: State, left: Estimate) -> None:
        """Try what the estimate says, and put where it gets to before all else."""

        def see(after: State, moves: tuple[Move, ...]) -> None:
            self._found.steps += 1
            self._reach(after, number, moves)

        walk = Walk(self._cone, self._task, state, see)
        walk.follow(left)
        if walk.moves:
            self._add(walk.state, number, walk.moves, 0)

    def _expand(self, number: int, state: State, left: Estimate) -> None:
        helpful = {(step.deed.operator.verb, step.deed.operator.on) for step in left.steps if step.deed.operator is not None}
        for moves, after in successors(self._cone, state, labels=self._labels, only=None):
            self._found.steps += len(moves)
            command: Command = moves[-1][0]
            is_helpful = (command.verb, spelt(command, state.player.place)) in helpful
            self._add(after, number, moves, left.cost - is_helpful)

    def _add(self, state: State, parent: int, moves: tuple[Move, ...], left: int) -> None:
        key = self._cone.key(state)
        number = self._found.take(key, parent, moves, time_of(self._cone.pack, state))
        if number is None:
            return
        self._reach(state, number, ())
        if state.ending is None:
            promise = self._weight * left + self._found.times[number][0]
            heapq.heappush(self._heap, (not self._is_new(left, key), promise, next(self._order), number, state))

    def _is_new(self, left: int, key: Key) -> bool:
        """Whether something in the state is as in none from which as much was left to do: such go first, so that not all are alike."""
        known = self._seen_parts.setdefault(left, set())
        size = len(known)
        known.update(enumerate(key))
        return len(known) > size

    def _reach(self, state: State, number: int, moves: tuple[Move, ...]) -> None:
        for goal in [goal for goal in self._wanted if goal.is_in(state)]:
            self._found.reach(goal, number, moves)
            del self._wanted[goal]
