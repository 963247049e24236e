"""Opening, closing and unlocking doors and containers."""

from collections.abc import Callable

from services.game.rules.commands import CODE_LENGTH_MAX, Command, Refused
from services.game.rules.consequences import carry_out
from services.game.rules.events import EventKind
from services.game.rules.nouns import Lock, LockKind
from services.game.rules.pack import Pack
from services.game.rules.sight import carries, is_here, is_locked, is_perceived
from services.game.rules.state import State, Status
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


def _check_items(pack: Pack, state: State, _command: Command, lock: Lock) -> None:
    if not all(carries(state, item) or state.items[item].where == lock.on for item in lock.items):
        raise refusal(pack, "needs_items", lock.on)


def _check_trust(pack: Pack, state: State, _command: Command, lock: Lock) -> None:
    trust = lock.trust
    assert trust is not None, "a lock of that kind says whose trust it wants"
    known = state.people[trust.person]
    if not is_here(state, trust.person) or known.status is not Status.WELL or known.statistics[trust.statistic] < trust.at_least:
        raise refusal(pack, "needs_trust", lock.on)


def _never(reason: str) -> Callable[[Pack, State, Command, Lock], None]:
    def check(pack: Pack, _state: State, _command: Command, lock: Lock) -> None:
        raise refusal(pack, reason, lock.on)

    return check


_CHECKS: dict[LockKind, Callable[[Pack, State, Command, Lock], None]] = {
    LockKind.KEY: _check_key,
    LockKind.CODE: _check_code,
    LockKind.ITEMS: _check_items,
    LockKind.TRUST: _check_trust,
    LockKind.SEQUENCE: _never("needs_sequence"),
    LockKind.TIMED: _never("timed"),
    LockKind.NONE: _never("no_keyhole"),
}


def _entered(state: State, command: Command, lock: Lock) -> str | None:
    """The code as entered, without blanks; who has learnt the clue that gives it away need not enter it."""
    if command.code is not None:
        return "".join(command.code.split())
    return lock.code if lock.known_by is not None and lock.known_by in state.clues else None


def _unlock(turn: Turn, command: Command) -> int:
    lock = turn.pack.locks_on[command.object or ""]
    if lock.kind is LockKind.CODE and _entered(turn.state, command, lock) != lock.code:
        _fail(turn, lock)
    else:
        _succeed(turn, lock)
    return 1


def _succeed(turn: Turn, lock: Lock) -> None:
    turn.emit(EventKind.UNLOCKED, object=lock.on, hidden=not is_perceived(turn.pack, turn.state, lock.on))
    for item in lock.items if lock.consumes else ():
        turn.emit(EventKind.CONSUMED, object=item)
    carry_out(lock.on_open, turn)


def _fail(turn: Turn, lock: Lock) -> None:
    left = _attempts_left(turn.state, lock)
    hidden = not is_perceived(turn.pack, turn.state, lock.on)
    turn.emit(EventKind.UNLOCK_FAILED, object=lock.on, value=None if left is None else left - 1, hidden=hidden)
    carry_out(lock.on_fail, turn)


def step(turn: Turn, item: str) -> None:
    """Let the use of the item be a step in the sequences it is part of: the next, or a wrong one, after which one begins anew."""
    for lock in turn.pack.sequences.get(item, ()):
        state, known = turn.state, turn.state.locks[lock.lock_id]
        left = _attempts_left(state, lock)
        if not known.locked or left == 0 or not all(need.when(state) for need in lock.needs):
            continue
        progress = known.progress
        if lock.sequence[progress] != item:
            if progress:
                _fail(turn, lock)
            if lock.sequence[0] != item or _attempts_left(turn.state, lock) == 0:
                continue
            progress = 0
        if progress + 1 == len(lock.sequence):
            _succeed(turn, lock)
        else:
            turn.emit(EventKind.STEPPED, object=lock.on, value=progress + 1)


OPEN = Deed(check=_check_open, perform=_open)
CLOSE = Deed(check=_check_close, perform=_close)
UNLOCK = Deed(check=_check_unlock, perform=_unlock)
