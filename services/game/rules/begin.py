"""How a game begins."""

from services.game.rules.decide import dice_of
from services.game.rules.events import Event, EventKind
from services.game.rules.pack import Pack
from services.game.rules.settle import settle
from services.game.rules.sight import is_shut
from services.game.rules.state import RULES_VERSION, Clock, DayPhase, ItemState, LockState, Meta, PersonState, Player, State
from services.game.rules.turn import Turn


def start(pack: Pack, seed: bytes) -> State:
    """The state before anything has happened: what a replay of the whole log starts from. ValueError: the seed is empty."""
    if not seed:
        raise ValueError("a game needs a seed of at least one byte")
    opened = {door.door_id for door in pack.doors.values() if door.starts_open}
    opened |= {item.item_id for item in pack.items.values() if item.starts_open}
    return State(
        meta=Meta(rules_version=RULES_VERSION, pack_hash=pack.pack_hash, seed=seed.hex(), turn=0),
        clock=Clock(day=1, slot=1, phase=DayPhase.EVENING if pack.evening_from <= 1 else DayPhase.DAY),
        player=Player(place=pack.start, statistics={key: noun.initial for key, noun in pack.statistics.items()}, hidden=""),
        items={key: ItemState(where=item.start, state=item.states[0] if item.states else "") for key, item in pack.items.items()},
        locks={key: LockState(locked=is_shut(lock, 1, 1), failures=0, progress=0) for key, lock in pack.locks.items()},
        people={
            key: PersonState(
                place=person.start,
                status=person.status,
                phase=person.phases[0].phase_id if person.phases else "",
                mood=person.moods[0] if person.moods else "",
                statistics={name: noun.initial for name, noun in person.statistics.items()},
                knows=person.knows,
                noticed=0,
            )
            for key, person in pack.people.items()
        },
        flags=dict(pack.flags),
        variables={key: noun.initial for key, noun in pack.variables.items()},
        dawn=dict(pack.day_capped),
        clues={},
        conditions={},
        due={},
        opened=frozenset(opened),
        found=frozenset(),
        examined=frozenset(),
        searched=frozenset(),
        read=frozenset(),
        visited=frozenset(),
        talked=frozenset(),
        fired=frozenset(),
        ending=None,
    )


def begin(pack: Pack, seed: bytes) -> tuple[State, tuple[Event, ...]]:
    """The state a game opens with, and the opening events that lead to it from `start`. ValueError: the seed is empty.

    The opening is no turn: the game's depth stays 0.
    """
    before = start(pack, seed)
    turn = Turn(pack, before, dice_of(before))
    turn.emit(EventKind.BEGAN, place=pack.start, text="pack.opening")
    settle(turn)
    return turn.state, tuple(turn.events)
