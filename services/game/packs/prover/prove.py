"""The proof of a pack."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from services.game.packs.prover.achievements import achievements
from services.game.packs.prover.cone import Cone, cone_of
from services.game.packs.prover.deadends import DeadEnds, dead_ends
from services.game.packs.prover.facts import Operator
from services.game.packs.prover.goals import Goal, endings_of, goals_of
from services.game.packs.prover.leaks import leaks_of
from services.game.packs.prover.operators.pack import SOCIAL_VERBS, operators_of
from services.game.packs.prover.reasons import explain, shadowed
from services.game.packs.prover.relaxation import Relaxation, relax
from services.game.packs.prover.report import Code, Finding, Report
from services.game.packs.prover.search import Exploration, Move, Out, explore, out_after
from services.game.packs.prover.steering.asking import asking
from services.game.packs.prover.steering.steer import Milestone, steer
from services.game.packs.prover.steering.task import task_of
from services.game.packs.prover.witnesses import passed, replayed, shortened, slots_of, waited_out
from services.game.rules.commands import Command
from services.game.rules.pack import Pack
from services.game.rules.story import EndingKind, EndingTrigger

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""
_STEERED = ((5, 300, False), (2, 1_000, False), (2, 1_500, True), (1, 3_000, True), (5, 3_000, True))
"""The first passes: what the estimate is worth, how many states each goal may take, and whether to begin at what is reached already."""
_PASSES = ((0.25, 2, False), (0.4, 3, False), (0.7, 2, False), (0.77, 1, False), (0.92, 2, True))
"""The passes of the search for what is left: by when, as a share of its time; what part of a plan is worth; and whether with labels."""
_STEERED_LONGER = (3_000, 12_000)
_SHORTENED_STATES = 1_200
"""How many states are looked at for a shorter way to an ending."""
_DEAD_ENDS_SHARE = 0.2
_SEARCH_SHARE = 0.85
_SEARCH_SHARE_BROKEN = 0.25
"""What is broken is known by then: the rest is looked for less long."""
_LABELS_SHARES = (0.88, 0.92)
_LABELS_SHARES_BROKEN = (0.35, 0.45)
"""By when it is known, as a share of the time, what talking alone brings about: by what is plain, and by how it is taken."""
_LATE_SHARE = 0.1
_MORE_DAYS = 3
"""For asking whether something comes too late."""
_TIGHT_PERCENT = 80
_STATES_WHOLE = 60_000
_STATES_FIRST = 20_000


def prove(
    pack: Pack, *, seconds: float = 60, progress: Progress | None = None, tried: Mapping[str, Sequence[Command]] = MappingProxyType({})
) -> Report:
    """What can be reached and how, what can't and why, within about so many seconds of one processor.

    `tried`: commands that are said to lead to an ending, by ending; they are looked at first, and believed no more than others.
    """
    return _Proof(pack, seconds, progress or (lambda _what, _done, _of: None), tried).report()


class _Proof:
    def __init__(self, pack: Pack, seconds: float, progress: Progress, tried: Mapping[str, Sequence[Command]]) -> None:
        self._pack = pack
        self._began = time.process_time()
        self._seconds = seconds
        self._progress = progress
        self._tried = tried
        self._operators = operators_of(pack)
        self._plain = tuple(operator for operator in self._operators if not operator.labelled)
        self._goals = goals_of(pack)
        self._asked = asking(pack)
        self._ways: dict[Goal, tuple[Move, ...]] = {}
        self._passed: dict[tuple[Goal, tuple[Move, ...]], tuple[Milestone, ...]] = {}
        self._states = 0
        self._steps = 0

    def report(self) -> Report:
        """All of it."""
        relaxation = relax(self._pack, self._operators)
        unreachable = [goal for goal in self._goals if not relaxation.can(goal.tree)]
        open_ = [goal for goal in self._goals if goal not in unreachable]
        self._progress("dead ends", 0, len(self._goals))
        ends = dead_ends(self._pack, self._operators, seconds=self._seconds * _DEAD_ENDS_SHARE, states_max=_STATES_WHOLE)
        self._states, self._steps = self._states + ends.looked_at, self._steps + ends.steps
        findings = list(self._stuck(ends))
        findings += [*explain(self._pack, relaxation, self._operators, unreachable), *shadowed(self._pack)]
        # What is missing besides roots that are known most likely follows from them.
        findings = findings or list(self._dead_end(ends))
        is_whole = self._search(open_, relaxation, _SEARCH_SHARE_BROKEN if findings else _SEARCH_SHARE)
        missing = [goal for goal in open_ if goal not in self._ways]
        findings = findings or list(self._missing(missing, is_whole=is_whole))
        findings += [*self._labels(relaxation, is_broken=bool(findings)), *leaks_of(self._pack)]
        self._shorten()
        par = self._par()
        limit = self._pack.days * self._pack.slots_per_day
        if par is not None and par * 100 > limit * _TIGHT_PERCENT:
            message = f"the shortest victory known takes {par} of {limit} slots"
            findings.append(Finding(code=Code.TIGHT, is_error=False, about="", message=message))
        if not any(ending.kind is EndingKind.VICTORY for ending in self._pack.endings.values()):
            findings.append(Finding(code=Code.NO_VICTORY, is_error=True, about="", message="no ending is a victory"))
        return Report(
            findings=tuple(dict.fromkeys(findings)),
            witnesses={(goal.kind, goal.name): moves for goal, moves in self._ways.items()},
            undecided=() if is_whole else tuple((goal.kind, goal.name) for goal in missing),
            par=par,
            limit=limit,
            states=self._states,
            steps=self._steps,
            dead_end_states=ends.looked_at,
            is_whole=is_whole and ends.is_whole,
            seconds=time.process_time() - self._began,
        )

    # ---- reaching

    def _search(self, goals: Sequence[Goal], relaxation: Relaxation, until: float) -> bool:
        """Look for ways to the goals, up to a share of all the time. Whether every state was looked at."""
        began = (time.process_time() - self._began) / self._seconds
        whole_cone = cone_of(self._pack, self._operators, goals)
        for goal in goals:
            ending = self._pack.endings.get(goal.name)
            if goal.kind == "ending" and ending is not None and ending.trigger is EndingTrigger.TIME:
                self._keep(goal, waited_out(self._pack, goal))
        for commands in self._tried.values():
            self._take_along(goals, tuple((command, None) for command in commands))
        has_labels = any(person.labels for person in self._pack.people.values())
        found = explore(whole_cone, self._left(goals), out=self._until(began + 0.04), labels=True, states_max=_STATES_FIRST)
        self._take(found)
        if found.is_whole:
            return True
        for weight, states_max, is_hard in _STEERED:
            self._steered(self._left(goals), self._until(until), weight=weight, states_max=states_max, is_hard=is_hard)
        self._sooner(goals, self._until(began + (until - began) * 0.5))
        for number, (share, weight, labels) in enumerate(_PASSES):
            if self._left(goals) and (has_labels or not labels):
                self._towards(self._left(goals), relaxation, began + (until - began) * share, weight=weight, labels=labels)
                states_max = _STEERED_LONGER[min(number, len(_STEERED_LONGER) - 1)]
                self._steered(self._left(goals), self._until(until), weight=weight, states_max=states_max, labels=labels, is_hard=True)
        left = self._left(goals)
        if not left:
            return True
        found = explore(whole_cone, left, out=self._until(until), labels=True)
        self._take(found)
        return found.is_whole

    def _towards(self, goals: Sequence[Goal], relaxation: Relaxation, share: float, *, weight: int, labels: bool) -> None:
        """Search for one goal after another, each in its own cone, and take along what else comes of it."""
        for number, goal in enumerate(goals):
            if goal in self._ways:
                continue
            self._progress(f"the way to the {goal.kind} {goal.name}", len(self._ways), len(self._goals))
            began, until = time.process_time(), self._began + self._seconds * share
            allowed = max(0.2, (until - began) / sum(goal.kind == "ending" or other.kind != "ending" for other in goals[number:]) * 2)
            cone = cone_of(self._pack, self._operators if labels else self._plain, [goal], is_lean=True)
            plan = achievements(self._pack, relaxation.plan(goal.tree))
            found = explore(
                cone,
                self._left(self._goals),
                out=out_after(min(allowed, until - began)),
                plan=plan or [goal.is_in],
                weight=weight,
                labels=labels,
                first=goal,
            )
            self._take(found)

    def _steered(
        self, goals: Sequence[Goal], out: Out, *, weight: int, states_max: int, labels: bool = False, is_hard: bool = False
    ) -> None:
        """Steer for one goal after another, and take along what else comes of it."""
        operators = self._operators if labels else self._plain
        for goal in goals:
            if goal not in self._ways and not out():
                self._progress(f"the way to the {goal.kind} {goal.name}", len(self._ways), len(self._goals))
                wanted = self._left(self._goals)
                found = self._steer(goal, wanted, operators, out, weight=weight, states_max=states_max, labels=labels, is_hard=is_hard)
                self._take(found)

    def _milestones(self) -> Iterator[Milestone]:
        """The states on the ways that are known."""
        for goal, moves in self._ways.items():
            if (goal, moves) not in self._passed:
                self._passed[goal, moves] = tuple(passed(self._pack, moves))
            yield from self._passed[goal, moves]

    def _sooner(self, goals: Sequence[Goal], out: Out) -> None:
        """Look for shorter ways to the endings that are reached."""
        for goal in goals:
            if goal.kind == "ending" and goal in self._ways and not out():
                found = self._steer(goal, [goal], self._plain, out, weight=1, states_max=_SHORTENED_STATES, labels=False)
                self._take(found)

    def _steer(
        self,
        goal: Goal,
        wanted: Sequence[Goal],
        operators: Sequence[Operator],
        out: Out,
        *,
        weight: int,
        states_max: int,
        labels: bool,
        is_hard: bool = False,
    ) -> Exploration:
        is_last = goal.kind == "ending" and self._pack.endings[goal.name].trigger is EndingTrigger.TIME
        # Who wants to see the end of time must not come to any other before.
        cone = cone_of(self._pack, operators, endings_of(self._pack) if is_last else [goal], is_lean=True)
        task = task_of(self._pack, operators, goal.tree, self._asked)
        return steer(
            cone,
            task,
            goal,
            wanted,
            out=out,
            weight=weight,
            states_max=states_max,
            labels=labels,
            milestones=self._milestones() if is_hard else (),
        )

    def _left(self, goals: Sequence[Goal]) -> list[Goal]:
        return [goal for goal in goals if goal not in self._ways]

    def _take(self, found: Exploration) -> None:
        self._states, self._steps = self._states + len(found.parents), self._steps + found.steps
        for goal, moves in found.reached.items():
            self._keep(goal, moves)

    def _take_along(self, goals: Sequence[Goal], moves: tuple[Move, ...]) -> None:
        """Keep what moves lead to that somebody else thought of."""
        for state, so_far in passed(self._pack, moves):
            for goal in goals:
                if goal not in self._ways and goal.is_in(state):
                    self._keep(goal, so_far)

    def _keep(self, goal: Goal, moves: tuple[Move, ...] | None) -> None:
        """Keep the way, if the rules themselves agree, and none that is as short is known."""
        known = self._ways.get(goal)
        if moves is None or (known is not None and (goal.kind != "ending" or len(known) <= len(moves))):
            return
        way = replayed(self._pack, moves, goal)
        if way is not None:
            self._ways[goal] = way

    def _shorten(self) -> None:
        for goal, moves in self._ways.items():
            if goal.kind == "ending":
                self._ways[goal] = shortened(self._pack, moves, goal, self._until(0.97))

    def _until(self, share: float) -> Out:
        return out_after(self._began + self._seconds * share - time.process_time())

    # ---- judging

    def _missing(self, goals: Sequence[Goal], *, is_whole: bool) -> Iterator[Finding]:
        """What was looked for and not found: out of reach, where every state was looked at, else undecided."""
        endings = [goal for goal in goals if goal.kind == "ending"]
        for goal in endings or goals[:1] if is_whole else goals:
            about = goal.name.partition(":")[0]
            late = self._too_late(goal) if is_whole and goal.kind == "ending" else None
            if late is not None:
                yield late
            elif is_whole:
                message = f"no way leads to the {goal.kind} {goal.name!r}: every one of {self._states} states was looked at"
                yield Finding(code=Code.UNREACHABLE, is_error=True, about=about, message=message)
            else:
                message = f"no way to the {goal.kind} {goal.name!r} was found in {self._states} states, and no proof that there is none"
                yield Finding(code=Code.UNDECIDED, is_error=True, about=about, message=message)

    def _stuck(self, ends: DeadEnds) -> Iterator[Finding]:
        if ends.stuck is not None:
            yield Finding(code=Code.STUCK, is_error=True, about="", message="the game goes on and nothing can be done", witness=ends.stuck)

    def _dead_end(self, ends: DeadEnds) -> Iterator[Finding]:
        if ends.dead is not None:
            message = "no ending but running out of time can be reached" + (" any more" if ends.dead else ", from the beginning")
            message = f"{ends.because}: {message}" if ends.because else message
            message += f" (so in {ends.count} of the states looked at)"
            yield Finding(code=Code.DEAD_END, is_error=True, about=ends.about, message=message, witness=ends.dead or None)

    def _too_late(self, goal: Goal) -> Finding | None:
        """What to say of an ending that there is a way to, if only there were more time."""
        longer = replace(self._pack, days=self._pack.days + _MORE_DAYS)
        found = explore(
            cone_of(longer, self._operators, [goal], is_by_day=False), [goal], out=out_after(self._seconds * _LATE_SHARE), labels=True
        )
        self._states, self._steps = self._states + len(found.parents), self._steps + found.steps
        if goal not in found.reached:
            return None
        limit = self._pack.days * self._pack.slots_per_day
        slots = max(slots_of(longer, found.reached[goal]), limit + 1)  # the turn that ends it may take none
        message = f"the ending {goal.name!r} comes too late: the shortest way known would take {slots} slots, and there are {limit}"
        return Finding(code=Code.TOO_LATE, is_error=True, about=goal.name, message=message)

    def _labels(self, relaxation: Relaxation, *, is_broken: bool) -> Iterator[Finding]:
        """Endings that are `earned` and aren't, and victories that talk alone can bring about with the right labels."""
        for goal, moves in self._ways.items():
            ending = self._pack.endings.get(goal.name)
            if goal.kind == "ending" and ending is not None and ending.earned and any(label for _, label in moves):
                message = f"the ending {goal.name!r} is marked earned, and the only way known to it hangs on how a model labels words"
                yield Finding(code=Code.NOT_EARNED, is_error=True, about=goal.name, message=message, witness=moves)
        victories = [goal for goal in self._goals if goal.kind == "ending" and self._pack.endings[goal.name].kind is not EndingKind.FAILURE]
        talking = tuple(operator for operator in self._operators if operator.verb is None or operator.verb in SOCIAL_VERBS)
        world = relax(self._pack, talking)
        unearned = {goal.name for goal, moves in self._ways.items() if goal in victories and any(label for _, label in moves)}
        for goal in victories:
            if goal.name not in unearned and any(operator.labelled for operator in talking) and world.can(goal.tree):
                yield from self._flattered(goal, relaxation, _LABELS_SHARES_BROKEN if is_broken else _LABELS_SHARES)

    def _flattered(self, goal: Goal, relaxation: Relaxation, shares: tuple[float, float]) -> Iterator[Finding]:
        cone: Cone = cone_of(self._pack, self._operators, [goal], is_lean=True)
        plan = achievements(self._pack, relaxation.plan(goal.tree)) or [goal.is_in]
        for labels, share in zip((False, True), shares, strict=True):
            found = explore(cone, [goal], out=self._until(share), plan=plan, labels=labels, only=SOCIAL_VERBS)
            self._states, self._steps = self._states + len(found.parents), self._steps + found.steps
            if goal not in found.reached:
                continue
            if labels:
                message = f"the victory {goal.name!r} can be had by going about and talking, if a model labels the words kindly"
                witness = found.reached[goal]
                yield Finding(code=Code.FLATTERY, is_error=True, about=goal.name, message=message, witness=witness)
            return

    def _par(self) -> int | None:
        """The slots of the shortest victory known."""
        victories = [
            moves
            for goal, moves in self._ways.items()
            if goal.kind == "ending" and self._pack.endings[goal.name].kind is EndingKind.VICTORY
        ]
        return min((slots_of(self._pack, moves) for moves in victories), default=None)
