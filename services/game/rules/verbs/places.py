"""Moving, searching, waiting, sleeping."""

from services.game.rules.clock import slots_left
from services.game.rules.commands import Command
from services.game.rules.events import EventKind
from services.game.rules.nouns import Exit
from services.game.rules.pack import Pack
from services.game.rules.sight import exits_here, is_locked
from services.game.rules.state import State
from services.game.rules.turn import Turn
from services.game.rules.verbs.deed import Deed, perceived_item, refusal, required


def _exit_to(pack: Pack, state: State, place: str) -> Exit | None:
    return next((way for way in exits_here(pack, state) if way.to == place), None)


def _check_move(pack: Pack, state: State, command: Command) -> None:
    to = required(pack, command.object)
    if to == state.player.place:
        raise refusal(pack, "there_already")
    way = _exit_to(pack, state, to)
    if way is None:
        raise refusal(pack, "no_way")
    if way.door is not None and way.door not in state.opened and is_locked(pack, state, way.door):
        raise refusal(pack, "locked", way.door)


def _move(turn: Turn, command: Command) -> int:
    way = _exit_to(turn.pack, turn.state, command.object or "")
    assert way is not None, "the check found it"
    if way.door is not None and way.door not in turn.state.opened:
        turn.emit(EventKind.OPENED, object=way.door)
    turn.emit(EventKind.MOVED, place=way.to)
    turn.noise = way.noise
    return way.slots


def _hidden_in(pack: Pack, state: State, where: str) -> list[str]:
    return [item for item, noun in pack.items.items() if noun.hidden and item not in state.found and state.items[item].where == where]


def _check_search(pack: Pack, state: State, command: Command) -> None:
    where = state.player.place
    if command.object is not None and command.object != where:
        where = perceived_item(pack, state, command.object)
        noun = pack.items[where]
        if noun.portable:
            raise refusal(pack, "no_search", where)
        if noun.container and where not in state.opened:
            raise refusal(pack, "closed", where)
    if where in state.searched and not _hidden_in(pack, state, where):
        raise refusal(pack, "searched", where)


def _search(turn: Turn, command: Command) -> int:
    here = turn.state.player.place
    thing = None if command.object in (None, here) else command.object
    turn.emit(EventKind.SEARCHED, object=thing, place=here)
    for item in _hidden_in(turn.pack, turn.state, thing or here):
        turn.emit(EventKind.FOUND, object=item)
    return 1


def _check_nothing(_pack: Pack, _state: State, _command: Command) -> None:
    return


def _wait(turn: Turn, _command: Command) -> int:
    turn.emit(EventKind.WAITED)
    return 1


def _check_sleep(pack: Pack, state: State, _command: Command) -> None:
    if pack.sleep_when is not None and not pack.sleep_when(state):
        raise refusal(pack, "no_sleep")


def _sleep(turn: Turn, _command: Command) -> int:
    turn.emit(EventKind.SLEPT)
    turn.asleep = True
    return slots_left(turn)


MOVE = Deed(check=_check_move, perform=_move)
SEARCH = Deed(check=_check_search, perform=_search)
WAIT = Deed(check=_check_nothing, perform=_wait)
SLEEP = Deed(check=_check_sleep, perform=_sleep)
