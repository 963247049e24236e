"""The night: what people do in it, and what the player hears."""

from collections.abc import Collection

from services.game.rules.consequences import carry_out, walk
from services.game.rules.events import EventKind
from services.game.rules.settle import settle
from services.game.rules.state import Status
from services.game.rules.story import AgendaEntry
from services.game.rules.turn import Turn


def pass_night(turn: Turn) -> None:
    """Let the night's agenda happen, then what the player overhears. Each person does at most one thing of it."""
    acted: set[str] = set()
    for entry in turn.pack.night.agenda:
        if not turn.is_over and entry.who not in acted and _can_happen(turn, entry):
            if entry.who is not None:
                acted.add(entry.who)
            _happen(turn, entry)
    if not turn.asleep:
        overhear(turn)


def overhear(turn: Turn) -> None:
    """Let the player hear what there is to hear where they listen, or hide."""
    state = turn.state
    places = {*turn.listening, *((state.player.place,) if state.player.hidden else ())}
    for entry in turn.pack.night.overheard if places else ():
        spent = turn.is_over or (entry.once and entry.entry_id in turn.state.fired) or places.isdisjoint(entry.at)
        if not spent and (entry.when is None or entry.when(turn.state)):
            _remember(turn, entry.entry_id)
            carry_out(entry.effects, turn)
    settle(turn)


def _can_happen(turn: Turn, entry: AgendaEntry) -> bool:
    able = entry.who is None or turn.state.people[entry.who].status is Status.WELL
    spent = entry.once and entry.entry_id in turn.state.fired
    return able and not spent and (entry.when is None or entry.when(turn.state))


def _happen(turn: Turn, entry: AgendaEntry) -> None:
    _remember(turn, entry.entry_id)
    turn.muffled = turn.asleep or not _reaches(turn, entry, turn.listening)
    if entry.who is not None and entry.at is not None and turn.state.people[entry.who].place != entry.at:
        walk(turn, entry.who, entry.at)
    carry_out(entry.effects, turn)
    settle(turn)
    turn.muffled = False


def _remember(turn: Turn, entry_id: str) -> None:
    if entry_id not in turn.state.fired:
        turn.emit(EventKind.RULE_FIRED, object=entry_id)


def _reaches(turn: Turn, entry: AgendaEntry, listening: Collection[str]) -> bool:
    """Whether the player, awake, perceives it: it is where they are or listen, or nowhere in particular."""
    place = entry.at if entry.at is not None or entry.who is None else turn.state.people[entry.who].place
    return (place is None and entry.who is None) or place in (turn.state.player.place, *listening)
