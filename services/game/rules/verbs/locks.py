"""Opening, closing and unlocking doors and containers."""

from services.game.rules.commands import CODE_LENGTH_MAX, Command, Refused
from services.game.rules.consequences import carry_out
from services.game.rules.events import EventKind
from services.game.rules.pack import Lock, LockKind, Pack
from services.game.rules.sight import carries, is_locked
from services.game.rules.state import State
from services.game.rules.turn import Turn
from services.game.rules.verbs.deed import Deed, perceived, refusal


def _closable(pack: Pack, state: State, command: Command) -> str:
    thing = perceived(pack, state, command.object)
    if thing not in pack.doors and not (thing in pack.items and pack.items[thing].container):
        raise refusal(pack, "not_openable", thing)
    return thing


def _check_open(pack: Pack, state: State, command: Command) -> None:
    thing = _closable(pack, state, command)
    if thing in state.opened:
        raise refusal(pack, "open_already", thing)
    if is_locked(pack, state, thing):
        raise refusal(pack, "locked", thing)


def _open(turn: Turn, command: Command) -> int:
    turn.emit(EventKind.OPENED, object=command.object)
    return 1


def _check_close(pack: Pack, state: State, command: Command) -> None:
    thing = _closable(pack, state, command)
    if thing not in state.opened:
        raise refusal(pack, "closed_already", thing)


def _close(turn: Turn, command: Command) -> int:
    turn.emit(EventKind.CLOSED, object=command.object)
    return 1


def _attempts_left(state: State, lock: Lock) -> int | None:
    return None if lock.attempts is None else lock.attempts - state.locks[lock.lock_id].failures


def _check_unlock(pack: Pack, state: State, command: Command) -> None:
    thing = perceived(pack, state, command.object)
    lock = pack.locks_on.get(thing)
    if lock is None:
        raise refusal(pack, "no_lock", thing)
    if not state.locks[lock.lock_id].locked:
        raise refusal(pack, "not_locked", thing)
    left = _attempts_left(state, lock)
    if left is not None and left <= 0:
        raise refusal(pack, "jammed", thing)
    for need in lock.needs:
        if not need.when(state):
            raise Refused(need.otherwise, object=thing)
    _CHECKS[lock.kind](pack, state, command, lock)


def _check_key(pack: Pack, state: State, command: Command, lock: Lock) -> None:
    if command.target is None:
        if not any(carries(state, key) for key in lock.keys):
            raise refusal(pack, "needs_key", lock.on)
    elif not carries(state, command.target):
        raise refusal(pack, "no_such_key")
    elif command.target not in lock.keys:
        raise refusal(pack, "wrong_key", command.target)


def _check_code(pack: Pack, state: State, command: Command, lock: Lock) -> None:
    code = _entered(state, command, lock)
    if code is None:
        raise refusal(pack, "needs_code", lock.on)
    if not code or len(code) > CODE_LENGTH_MAX:
        raise refusal(pack, "no_code", lock.on)


def _check_never(pack: Pack, _state: State, _command: Command, lock: Lock) -> None:
    raise refusal(pack, "no_keyhole", lock.on)


_CHECKS = {LockKind.KEY: _check_key, LockKind.CODE: _check_code, LockKind.NONE: _check_never}


def _entered(state: State, command: Command, lock: Lock) -> str | None:
    """The code as entered, without blanks; who has learnt the clue that gives it away need not enter it."""
    if command.code is not None:
        return "".join(command.code.split())
    return lock.code if lock.known_by is not None and lock.known_by in state.clues else None


def _unlock(turn: Turn, command: Command) -> int:
    lock = turn.pack.locks_on[command.object or ""]
    if lock.kind is LockKind.CODE and _entered(turn.state, command, lock) != lock.code:
        left = _attempts_left(turn.state, lock)
        turn.emit(EventKind.UNLOCK_FAILED, object=lock.on, value=None if left is None else left - 1)
        carry_out(lock.on_fail, turn)
    else:
        turn.emit(EventKind.UNLOCKED, object=lock.on)
        carry_out(lock.on_open, turn)
    return 1


OPEN = Deed(check=_check_open, perform=_open)
CLOSE = Deed(check=_check_close, perform=_close)
UNLOCK = Deed(check=_check_unlock, perform=_unlock)
