"""The way on to a victory from any state of a pack's games, as the prover would take it."""

import time

from services.game.packs.prover.cone import Cone, cone_of
from services.game.packs.prover.goals import Goal, endings_of
from services.game.packs.prover.operators.pack import operators_of
from services.game.packs.prover.search import Out
from services.game.packs.prover.steering.asking import asking
from services.game.packs.prover.steering.steer import steer
from services.game.packs.prover.steering.task import Task, task_of
from services.game.rules.commands import Command
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.rules.story import EndingKind

_WEIGHT = 4
_STATES_MAX = 20_000


class Guide:
    """Knows a pack's victories. Making one takes a moment; it can then be asked as often as one likes, by one thread at a time."""

    def __init__(self, pack: Pack) -> None:
        # A way that needs no model's judgement of the player's words.
        operators = tuple(operator for operator in operators_of(pack) if not operator.labelled)
        asked = asking(pack)
        victories = [goal for goal in endings_of(pack) if pack.endings[goal.name].kind is EndingKind.VICTORY]
        self._goals: list[tuple[Goal, Cone, Task]] = [
            (goal, cone_of(pack, operators, [goal], is_lean=True), task_of(pack, operators, goal.tree, asked)) for goal in victories
        ]

    def way(self, state: State, *, seconds: float) -> tuple[Command, ...]:
        """The shortest way to a victory that is found in so much of this thread's time; empty: none was."""
        ways = []
        for number, (goal, cone, task) in enumerate(self._goals):
            out = _out_after(seconds / len(self._goals) if number else seconds / 2)
            found = steer(cone, task, goal, [goal], out=out, weight=_WEIGHT, states_max=_STATES_MAX, start=state)
            if goal in found.reached:
                ways.append(tuple(command for command, _ in found.reached[goal]))
        return min(ways, key=len, default=())


def _out_after(seconds: float) -> Out:
    until = time.thread_time() + seconds
    return lambda: time.thread_time() > until
