"""Doing in the rules what an estimate says is left to do, as far as they allow it."""

from collections import deque
from collections.abc import Callable, Iterator

from services.game.packs.prover.cone import Cone
from services.game.packs.prover.facts import spelt
from services.game.packs.prover.search import Move
from services.game.packs.prover.steering.estimate import Estimate, Step
from services.game.packs.prover.steering.task import Task
from services.game.rules.commands import Command, Refused, Verb
from services.game.rules.decide import play
from services.game.rules.expressions import Name
from services.game.rules.nouns import Lock, LockKind
from services.game.rules.sight import is_locked
from services.game.rules.state import State

Seen = Callable[[State, tuple[Move, ...]], None]
"""Called with every state on the way, and the moves to it."""


class Walk:
    """A walk from a state: where it has got to, and by which moves."""

    def __init__(self, cone: Cone, task: Task, state: State, seen: Seen) -> None:
        self.state = state
        self.moves: tuple[Move, ...] = ()
        self._cone, self._task, self._seen = cone, task, seen

    def follow(self, estimate: Estimate) -> None:
        """Do the steps that can be done, each as often as it is needed, until none of them can; waiting only where nothing else helps."""
        left = [step for step in estimate.steps if not self._is_of_sequence(step)]
        while left and self.state.ending is None:
            left = [step for step in left if not self._has(step)]
            done = next((step for step in left if not step.deed.is_waiting and self._do(step)), None)
            if done is None:
                done = next((step for step in left if step.deed.is_waiting and self._wait_for(step)), None)
            if done is None:
                return
            left.remove(done)

    def _has(self, step: Step) -> bool:
        test = self._task.tests[step.atom]
        return test is not None and test(self.state)

    def _is_of_sequence(self, step: Step) -> bool:
        """Whether it is a use of one of a sequence's items: they are used when the lock's turn comes, in its order."""
        tree = self._task.trees[step.atom]
        return isinstance(tree, Name) and tree.path.startswith("~used.")

    def _play_sequence(self, lock: Lock) -> bool:
        for item in lock.sequence[self.state.locks[lock.lock_id].progress :]:
            where = self.state.items[item].where
            if not self._go(where if where in self._cone.pack.places else None) or not self._play(Command(verb=Verb.USE, object=item)):
                return False
        return True

    def _do(self, step: Step) -> bool:
        operator = step.deed.operator
        lock = None if operator is None or operator.verb is not Verb.USE else self._cone.pack.locks.get(operator.about)
        if lock is not None and lock.kind is LockKind.SEQUENCE:
            return self._play_sequence(lock)
        if operator is None or operator.labelled or operator.verb is None or not self._go(step.deed.place):
            return False
        for number in range(step.times):
            command = next(
                (
                    each
                    for each in self._cone.commands(self.state)
                    if each.verb is operator.verb and spelt(each, self.state.player.place) == operator.on
                ),
                None,
            )
            if command is None or not self._play(command):
                return number > 0
            if self.state.ending is not None or self._has(step):
                break
        return True

    def _wait_for(self, step: Step) -> bool:
        """Wait until the atom holds, at most a day; if it doesn't come to that, not at all."""
        test, state, moves = self._task.tests[step.atom], self.state, self.moves
        if test is None:
            return False
        for _ in range(self._cone.pack.slots_per_day + 2):
            if not self._play(Command(verb=Verb.WAIT)) or self.state.ending is not None:
                break
            if test(self.state):
                return True
        self.state, self.moves = state, moves
        return False

    def _go(self, place: str | None) -> bool:
        """Go there by the ways that are open now."""
        if place is None or place == self.state.player.place:
            return True
        for to in self._way(place):
            if not self._play(Command(verb=Verb.MOVE, object=to)):
                return False
        return self.state.player.place == place

    def _way(self, place: str) -> Iterator[str]:
        pack, state = self._cone.pack, self.state
        came: dict[str, str] = {state.player.place: ""}
        open_ = deque(came)
        while open_ and place not in came:
            here = open_.popleft()
            for way in pack.places[here].exits:
                is_open = way.when is None or way.when.holds(state)
                if (
                    way.to not in came
                    and is_open
                    and (way.door is None or way.door in state.opened or not is_locked(pack, state, way.door))
                ):
                    came[way.to] = here
                    open_.append(way.to)
        way_back = []
        while came.get(place):
            way_back.append(place)
            place = came[place]
        yield from reversed(way_back)

    def _play(self, command: Command) -> bool:
        try:
            after = play(self._cone.pack, self.state, command).state
        except Refused:
            return False
        if after is self.state:
            return False
        self.state, self.moves = after, (*self.moves, (command, None))
        self._seen(after, self.moves)
        return True
