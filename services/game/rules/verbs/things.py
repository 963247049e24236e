"""Examining, reading, taking, dropping, using and combining things."""

from services.game.rules.commands import Command, Verb
from services.game.rules.consequences import carry_out
from services.game.rules.events import EventKind
from services.game.rules.nouns import Use
from services.game.rules.pack import Pack
from services.game.rules.sight import carries, is_perceived, text_now
from services.game.rules.state import State
from services.game.rules.turn import Turn
from services.game.rules.verbs.deed import Deed, perceived, perceived_item, refusal, required
from services.game.rules.verbs.locks import step


def _check_examine(pack: Pack, state: State, command: Command) -> None:
    perceived(pack, state, command.object)


def _examine(turn: Turn, command: Command) -> int:
    named = command.object or ""
    turn.emit(EventKind.EXAMINED, object=named, value=state_of(turn.state, named), text=description_of(turn.pack, turn.state, named))
    return 0


def state_of(state: State, named: str) -> str | None:
    """The state of an item, None where it has none."""
    return (state.items[named].state or None) if named in state.items else None


def description_of(pack: Pack, state: State, named: str) -> str:
    """The key of what an item, person or door looks like now."""
    own = text_now(pack.items[named].descriptions, state) if named in pack.items else None
    return own or f"{pack.path(named)}.description"


def was_examined(state: State, named: str) -> bool:
    """Whether it was examined as it is now."""
    now = state_of(state, named)
    return (f"{named}@{now}" if now else named) in state.examined


def _check_read(pack: Pack, state: State, command: Command) -> None:
    item = perceived_item(pack, state, command.object)
    if not pack.items[item].readable:
        raise refusal(pack, "not_readable", item)


def _read(turn: Turn, command: Command) -> int:
    item = command.object or ""
    again = item in turn.state.read
    turn.emit(EventKind.READ, object=item, text=f"{turn.pack.path(item)}.read")
    return 0 if again else 1


def _check_take(pack: Pack, state: State, command: Command) -> None:
    item = perceived_item(pack, state, command.object)
    if carries(state, item):
        raise refusal(pack, "carried", item)
    if not pack.items[item].portable:
        raise refusal(pack, "not_portable", item)


def _take(turn: Turn, command: Command) -> int:
    turn.emit(EventKind.TAKEN, object=command.object)
    return 1


def check_carried(pack: Pack, state: State, named: str | None) -> str:
    """The id, of an item in the player's hands."""
    item = perceived_item(pack, state, named)
    if not carries(state, item):
        raise refusal(pack, "not_carried", item)
    return item


def _check_drop(pack: Pack, state: State, command: Command) -> None:
    check_carried(pack, state, command.object)


def _drop(turn: Turn, command: Command) -> int:
    turn.emit(EventKind.DROPPED, object=command.object, place=turn.state.player.place)
    return 1


def _use_of(pack: Pack, state: State, item: str, verb: Verb, on: str | None) -> Use | None:
    return next(
        (use for use in pack.items[item].uses if use.verb is verb and use.on == on and (use.when is None or use.when(state))),
        None,
    )


def _check_use(pack: Pack, state: State, command: Command) -> None:
    item = perceived_item(pack, state, command.object)
    if pack.items[item].portable:
        check_carried(pack, state, item)
    if command.target is not None:
        perceived(pack, state, command.target)
    if _use_of(pack, state, item, Verb.USE, command.target) is None and not (command.target is None and item in pack.sequences):
        raise refusal(pack, "no_use", item)


def _use(turn: Turn, command: Command) -> int:
    item, slots = command.object or "", 1
    use = _use_of(turn.pack, turn.state, item, Verb.USE, command.target)
    if use is None:
        turn.emit(EventKind.USED, object=item)
    else:
        slots = _carry_out_use(turn, use, EventKind.USED, item, command.target)
    if command.target is None:
        step(turn, item)
    return slots


def _combination(pack: Pack, state: State, command: Command) -> tuple[Use, str, str] | None:
    """The use that putting the two together is, whichever of them it is declared with."""
    pair = required(pack, command.object), required(pack, command.target)
    for item, other in (pair, pair[::-1]):
        use = _use_of(pack, state, item, Verb.COMBINE, other)
        if use is not None:
            return use, item, other
    return None


def _check_combine(pack: Pack, state: State, command: Command) -> None:
    for named in (command.object, command.target):
        item = perceived_item(pack, state, named)
        if pack.items[item].portable:
            check_carried(pack, state, item)
    if _combination(pack, state, command) is None:
        raise refusal(pack, "no_combination", command.object)


def _combine(turn: Turn, command: Command) -> int:
    found = _combination(turn.pack, turn.state, command)
    assert found is not None, "the check found it"
    use, item, other = found
    return _carry_out_use(turn, use, EventKind.COMBINED, item, other)


def _carry_out_use(turn: Turn, use: Use, kind: EventKind, item: str, on: str | None) -> int:
    turn.emit(kind, object=item, subject=on, text=use.text)
    if use.consumes:
        turn.emit(EventKind.CONSUMED, object=item, hidden=not is_perceived(turn.pack, turn.state, item))
    carry_out(use.effects, turn)
    if use.noise is not None:
        turn.noise = use.noise
    return use.slots


EXAMINE = Deed(check=_check_examine, perform=_examine)
READ = Deed(check=_check_read, perform=_read)
TAKE = Deed(check=_check_take, perform=_take)
DROP = Deed(check=_check_drop, perform=_drop)
USE = Deed(check=_check_use, perform=_use)
COMBINE = Deed(check=_check_combine, perform=_combine)
