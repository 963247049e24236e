"""Where a player would be stuck without knowing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.game.packs.prover.cone import cone_of
from services.game.packs.prover.facts import Operator
from services.game.packs.prover.goals import endings_of
from services.game.packs.prover.relaxation import relax
from services.game.packs.prover.search import Exploration, Move, Out, explore, out_after
from services.game.rules.pack import Pack
from services.game.rules.state import GONE, State, Status
from services.game.rules.story import EndingTrigger

_EXPLORING = 0.7
_MORE_DAYS = 50
"""Running out of time is no dead end, so it is looked for in a game that has time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEnds:
    """What was found. `looked_at` counts the states, `is_whole` says whether they were all there are.

    `dead` leads to the earliest moment from which nothing leads on; `about` and `because` say by what, where one thing is to blame.
    """

    dead: tuple[Move, ...] | None
    about: str
    because: str
    stuck: tuple[Move, ...] | None
    count: int
    looked_at: int
    steps: int
    is_whole: bool


def dead_ends(pack: Pack, operators: Sequence[Operator], *, seconds: float, states_max: int) -> DeadEnds:
    """The earliest state from which nothing but running out of time is left, and the earliest in which nothing can be done.

    Where there are more states than can be looked at in most of that time, the rest of it goes into those that lost something for good.
    """
    endless = replace(pack, days=pack.days + _MORE_DAYS)
    exploring, proving = out_after(seconds * _EXPLORING), out_after(seconds)
    found = explore(
        cone_of(endless, operators, endings_of(pack), is_by_day=False), (), out=exploring, keep=True, labels=True, states_max=states_max
    )
    alive = _alive(pack, found)
    limit = pack.days * (pack.slots_per_day + 1)
    dead = [
        number
        for number, state in enumerate(found.states)
        if number not in alive and state is not None and found.times[number][0] < limit and not _is_past(pack, state)
    ]
    if not dead and not found.is_whole:
        dead = _proved(endless, operators, found, proving)
    earliest = min(dead, key=lambda number: found.times[number], default=None)
    stuck = min(found.stuck, key=lambda number: found.times[number], default=None)
    about, because = _blame(pack, found, dead, alive) if dead else ("", "")
    return DeadEnds(
        dead=None if earliest is None else found.moves(earliest),
        about=about,
        because=because,
        stuck=None if stuck is None else found.moves(stuck),
        count=len(dead),
        looked_at=len(found.states),
        steps=found.steps,
        is_whole=found.is_whole,
    )


def _alive(pack: Pack, found: Exploration) -> set[int]:
    """The states that lead to an ending, or to one that was not looked into."""
    alive = {number for number, state in enumerate(found.states) if state is not None and _is_fine(pack, state)}
    expanded = {number for number, edges in enumerate(found.edges) if edges} | set(found.stuck)
    if not found.is_whole:
        alive |= {number for number in range(len(found.states)) if number not in expanded}
    back: list[list[int]] = [[] for _ in found.states]
    for number, edges in enumerate(found.edges):
        for to in edges:
            back[to].append(number)
    open_ = list(alive)
    while open_:
        for before in back[open_.pop()]:
            if before not in alive:
                alive.add(before)
                open_.append(before)
    return alive


def _blame(pack: Pack, found: Exploration, dead: Sequence[int], alive: set[int]) -> tuple[str, str]:
    """The place that nobody gets out of, or the thing that is used up or jammed in all these states; its id, and what to say of it."""
    states = {number: state for number, state in enumerate(found.states) if state is not None}
    left = {states[number].player.place for number, edges in enumerate(found.edges) if _leads_away(states, number, edges)}
    fine = {states[number].player.place for number in alive}
    for number in sorted(dead, key=lambda number: found.times[number]):
        place = states[number].player.place
        if place not in left | fine and found.is_whole:
            return place, f"no way leads out of the place {place!r}"
    if places := {states[number].player.place for number in dead} - fine:
        earliest = min(dead, key=lambda number: found.times[number])
        if states[earliest].player.place in places and all(states[number].player.place in places for number in dead):
            return states[earliest].player.place, f"nothing leads on from the place {states[earliest].player.place!r}"
    for item, noun in pack.items.items():
        if noun.start != GONE and all(states[number].items[item].where == GONE for number in dead):
            return item, f"the item {item!r} is used up"
    for key, lock in pack.locks.items():
        if lock.attempts is not None and all(states[number].locks[key].failures >= lock.attempts for number in dead):
            return key, f"the attempts at the lock {key!r} are used up"
    return "", ""


def _leads_away(states: Mapping[int, State], number: int, edges: Sequence[int]) -> bool:
    return any(states[to].player.place != states[number].player.place for to in edges)


def _is_fine(pack: Pack, state: State) -> bool:
    return state.ending is not None and pack.endings[state.ending].trigger is not EndingTrigger.TIME


def _is_past(pack: Pack, state: State) -> bool:
    """Whether it is over, or the pack promises nothing any more."""
    return state.ending is not None or (pack.point_of_no_return is not None and pack.point_of_no_return(state))


def _proved(pack: Pack, operators: Sequence[Operator], found: Exploration, out: Out) -> list[int]:
    """Of the states that lost something for good, one of each kind, those from which nothing could come even if nothing were undone."""
    endings = [goal for goal in endings_of(pack) if pack.endings[goal.name].trigger is not EndingTrigger.TIME]
    known: set[object] = set()
    for number in sorted(range(len(found.states)), key=lambda number: found.times[number]):
        state = found.states[number]
        if out() or state is None:
            break
        lost = _lost(pack, state)
        if lost in known or _is_past(pack, state):
            continue
        known.add(lost)
        relaxation = relax(pack, operators, state)
        if not any(relaxation.can(goal.tree) for goal in endings):
            return [number]
    return []


def _lost(pack: Pack, state: State) -> object:
    gone = frozenset(item for item, known in state.items.items() if known.where == GONE and pack.items[item].start != GONE)
    given = frozenset(item for item, known in state.items.items() if known.where in pack.people)
    jammed = frozenset(key for key, lock in pack.locks.items() if lock.attempts is not None and state.locks[key].failures >= lock.attempts)
    missing = frozenset(person for person, known in state.people.items() if known.status is not Status.WELL)
    return gone, given, jammed, missing, state.player.place, frozenset(state.flags.items())
