"""What is still to be done from a state, if nothing that is done were ever undone."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from services.game.packs.prover.steering.task import Deed, Task
from services.game.rules.state import State

ENDLESS = 10**9
"""The cost of what can't come about."""


@dataclass(frozen=True, slots=True)
class Step:
    """A deed of the way that is estimated, the atom it is done for, and how often."""

    deed: Deed
    atom: int
    times: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The steps that are left, the ones that others wait for first, and what they cost together; ENDLESS: it can't be any more."""

    cost: int
    steps: tuple[Step, ...]


NEVER = Estimate(ENDLESS, ())


def estimate(task: Task, state: State) -> Estimate:  # noqa: C901 (one loop over a heap, in one place for speed)
    """What is left to do for the task's goal."""
    held, numbers = task.holding(state), task.numbers(state)
    cost = [0 if holds else ENDLESS for holds in held]
    by: list[tuple[int, int] | None] = [None] * len(held)
    left = [len(deed.needs) for deed in task.deeds]
    so_far = [0] * len(task.deeds)
    heap = [(0, atom) for atom, holds in enumerate(held) if holds]
    wanted = {atom for atom in task.goal if not held[atom]}

    def fire(number: int) -> None:
        deed, base = task.deeds[number], so_far[number] + task.deeds[number].cost
        for atom in deed.brings:
            if base < cost[atom]:
                cost[atom], by[atom] = base, (number, 1)
                heapq.heappush(heap, (base, atom))
        for atom, step in deed.moves:
            if cost[atom] <= base:
                continue
            times = _times(task, atom, step, numbers)
            if times and base + (times - 1) * max(1, deed.cost) < cost[atom]:
                cost[atom], by[atom] = base + (times - 1) * max(1, deed.cost), (number, times)
                heapq.heappush(heap, (cost[atom], atom))

    for number, count in enumerate(left):
        if not count:
            fire(number)
    while heap and wanted:
        paid, atom = heapq.heappop(heap)
        if paid > cost[atom]:
            continue
        wanted.discard(atom)
        for number in task.waiting_for[atom]:
            left[number] -= 1
            so_far[number] += paid
            if not left[number]:
                fire(number)
    return NEVER if wanted else _plan(task, held, cost, by)


def _plan(task: Task, held: tuple[bool, ...], cost: list[int], by: list[tuple[int, int] | None]) -> Estimate:
    chosen: dict[int, Step] = {}
    open_, seen = [atom for atom in task.goal if not held[atom]], set[int]()
    while open_:
        atom = open_.pop()
        found = by[atom]
        if atom in seen or found is None:
            continue
        seen.add(atom)
        number, times = found
        known = chosen.get(number)
        if known is None or known.times < times:
            chosen[number] = Step(task.deeds[number], atom, times)
        open_ += [need for need in task.deeds[number].needs if not held[need]]
    steps = sorted(chosen.values(), key=lambda step: cost[step.atom])
    return Estimate(sum(_distinct(steps)), tuple(step for step in steps if step.deed.cost))


def _distinct(steps: list[Step]) -> Iterator[int]:
    """The cost of each command that the steps come to: one command may bring several things."""
    known = set[object]()
    for step in steps:
        operator = step.deed.operator
        command = (operator.verb, operator.on, step.deed.place) if operator is not None and not step.deed.is_waiting else step.atom
        if command not in known:
            known.add(command)
            yield step.deed.cost * step.times


def _times(task: Task, atom: int, step: int, numbers: tuple[int, ...]) -> int:
    """How often a number has to be moved for the atom; 0: it can't be so."""
    bound = task.bounds[atom]
    if bound is None or step == 0:
        return 1
    number, sign, value = bound
    missing = value - numbers[number] + {">": 1, "<": -1}.get(sign, 0)
    if sign == "!=":
        return 1
    return -(-missing // step) if missing * step > 0 else 0
