"""Whether a game can still be won, by the prover's means: by a way that the rules replay, or not even if nothing were ever undone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from services.game.packs.prover.achievements import achievements
from services.game.packs.prover.cone import Cone, cone_of
from services.game.packs.prover.facts import Operator
from services.game.packs.prover.goals import Goal, endings_of
from services.game.packs.prover.operators.pack import operators_of
from services.game.packs.prover.relaxation import Relaxation, relax
from services.game.packs.prover.search import Move, explore, out_after
from services.game.rules.commands import Refused
from services.game.rules.decide import play
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.rules.story import EndingKind, EndingTrigger

MORE_DAYS = 50
"""Running out of time is no dead end: whether a state can be won is asked of a game with so many more days."""
_WEIGHTS = (2, 1, 6)
"""What a part of a plan is worth: each in its turn, until one of them leads there."""


class Outlook(Enum):
    """What can still come of a state, other than running out of time."""

    WON = "can be won"
    ENDED = "can be ended"
    DEAD = "dead ends"
    UNDECIDED = "undecided"


@dataclass(slots=True)
class Judge:
    """Judges states of a pack. `seconds`: how long one search towards one ending may take."""

    pack: Pack
    seconds: float = 2.0
    _endless: Pack = field(init=False)
    _operators: tuple[Operator, ...] = field(init=False)
    _cones: dict[Goal, Cone] = field(init=False)

    def __post_init__(self) -> None:
        self._endless = replace(self.pack, days=self.pack.days + MORE_DAYS)
        self._operators = operators_of(self._endless)
        goals = [goal for goal in endings_of(self.pack) if self.pack.endings[goal.name].trigger is not EndingTrigger.TIME]
        self._cones = {goal: cone_of(self._endless, self._operators, [goal]) for goal in goals}

    def outlook(self, state: State) -> Outlook:
        """What can still come of a state in which the game goes on. At the pack's own point of no return nothing is promised."""
        if self.pack.point_of_no_return is not None and self.pack.point_of_no_return(state):
            return Outlook.ENDED
        relaxation = relax(self._endless, self._operators, state)
        possible = [goal for goal in self._cones if relaxation.can(goal.tree)]
        victories = [goal for goal in possible if self.pack.endings[goal.name].kind is not EndingKind.FAILURE]
        if self._can_reach(victories, relaxation, state):
            return Outlook.WON
        if self._can_reach([goal for goal in possible if goal not in victories], relaxation, state):
            return Outlook.ENDED
        return Outlook.UNDECIDED if possible else Outlook.DEAD

    def _can_reach(self, goals: Sequence[Goal], relaxation: Relaxation, state: State) -> bool:
        """Whether a way to one of them is found that the rules, too, say leads there."""
        plans = {goal: achievements(self._endless, relaxation.plan(goal.tree)) or [goal.is_in] for goal in goals}
        for weight in _WEIGHTS:
            for goal, plan in sorted(plans.items(), key=lambda planned: len(planned[1])):
                found = explore(self._cones[goal], [goal], out=out_after(self.seconds), plan=plan, weight=weight, start=state)
                if goal in found.reached and self._leads_to(goal, found.reached[goal], state):
                    return True
        return False

    def _leads_to(self, goal: Goal, moves: Iterable[Move], state: State) -> bool:
        try:
            for command, label in moves:
                state = play(self._endless, state, command, label).state
        except Refused:
            return False
        return goal.is_in(state)
