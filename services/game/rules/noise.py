"""Who hears what the player does."""

from services.game.rules.commands import Verb
from services.game.rules.events import EventKind
from services.game.rules.state import PersonState, Status
from services.game.rules.turn import Turn

SAME_PLACE, NEXT_DOOR, EVERYWHERE = 1, 2, 3
"""How loud a deed is: how far it carries. 0 is heard by nobody."""


def resound(turn: Turn, verb: Verb) -> None:
    """Let everyone within earshot notice the deed. A noise no louder than SAME_PLACE does not give away who hides."""
    here = turn.before.player.place
    if turn.noise <= SAME_PLACE and turn.state.player.hidden:
        return
    near = {here, *turn.pack.neighbours[here]} if turn.noise >= NEXT_DOOR else {here}
    for person in turn.pack.people:
        known = turn.before.people[person]
        if known.status is Status.WELL and _carries(turn, known, near):
            turn.emit(EventKind.HEARD, subject=person, object=verb.value, place=here, value=turn.noise)


def _carries(turn: Turn, known: PersonState, near: set[str]) -> bool:
    return known.place in near or (turn.noise >= EVERYWHERE and known.place is not None)
