"""Hiding, listening, following."""

from services.game.rules.commands import Command
from services.game.rules.events import EventKind
from services.game.rules.pack import Pack
from services.game.rules.sight import exits_here, is_perceived
from services.game.rules.state import State
from services.game.rules.turn import Turn
from services.game.rules.verbs.deed import Deed, perceived_item, refusal
from services.game.rules.verbs.people import check_awake


def _check_hide(pack: Pack, state: State, command: Command) -> None:
    here = state.player.place
    if command.object is None or command.object == here:
        where, hides = here, pack.places[here].hides
    else:
        where = perceived_item(pack, state, command.object)
        hides = pack.items[where].hides
    if not hides:
        raise refusal(pack, "no_hiding", where)
    if state.player.hidden == where:
        raise refusal(pack, "hidden_already", where)


def _hide(turn: Turn, command: Command) -> int:
    here = turn.state.player.place
    turn.emit(EventKind.HID, object=None if command.object == here else command.object, place=here)
    return 1


def _heard_at(pack: Pack, state: State, named: str | None) -> tuple[str, ...]:
    """The places one listens to at a door, at a way out, or (None) all around; none, where there is nothing ever to be heard."""
    here = state.player.place
    if not pack.has_night:
        return ()
    if named is None:
        return here, *pack.neighbours[here]
    if named in pack.doors and is_perceived(pack, state, named):
        return tuple(place for place in pack.doors[named].places if place != here)
    return (named,) if any(way.to == named for way in exits_here(pack, state)) else ()


def _check_listen(pack: Pack, state: State, command: Command) -> None:
    if not _heard_at(pack, state, command.object):
        raise refusal(pack, "no_listening")


def _listen(turn: Turn, command: Command) -> int:
    turn.emit(EventKind.LISTENED, object=command.object)
    turn.listening = _heard_at(turn.pack, turn.state, command.object)
    return 1


def _check_follow(pack: Pack, state: State, command: Command) -> None:
    person = check_awake(pack, state, command.object)
    if not pack.people[person].schedule:
        raise refusal(pack, "stays", person)


def _follow(turn: Turn, command: Command) -> int:
    turn.emit(EventKind.FOLLOWED, subject=command.object)
    turn.following = command.object
    return 1


HIDE = Deed(check=_check_hide, perform=_hide)
LISTEN = Deed(check=_check_listen, perform=_listen)
FOLLOW = Deed(check=_check_follow, perform=_follow)
