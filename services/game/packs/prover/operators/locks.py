"""The ways that locks open and fail."""

from collections.abc import Iterator, Mapping

from services.game.packs.prover.facts import (
    ANY,
    Growth,
    Happening,
    Operator,
    all_of,
    any_of,
    at_least,
    carried,
    holds,
    is_,
    met,
)
from services.game.packs.prover.operators.effects import consumed, locked
from services.game.packs.prover.operators.ground import Ground
from services.game.packs.prover.operators.making import operator
from services.game.packs.prover.operators.trees import ALWAYS
from services.game.rules.commands import Verb
from services.game.rules.events import EventKind
from services.game.rules.expressions import Constant, Name, Tree
from services.game.rules.nouns import Lock, LockKind


def operators_of_lock(ground: Ground, lock: Lock) -> Iterator[Operator]:
    """The ways to open the lock, and what its failures bring."""
    there, shut_now = ground.there(lock.on), Name(f"lock.{lock.lock_id}.locked")
    needs: list[Tree] = [shut_now, *(need.when.tree for need in lock.needs)]
    unlocked = list(locked(ground, lock, is_locked=False))
    label = f"unlocking {lock.on}"
    match lock.kind:
        case LockKind.KEY:
            needs += [there, any_of([carried(key) for key in lock.keys])]
        case LockKind.CODE:
            # A player can always guess; what is proved is that nobody has to.
            needs += [there, holds(f"clue.{lock.known_by}") if lock.known_by is not None else ALWAYS]
            failed = [Happening(EventKind.UNLOCK_FAILED, object=lock.on, value=ANY)]
            gains = [Growth(f"lock.{lock.lock_id}.failures", Constant(lock.attempts or 10**6), once=True)]
            yield from operator(
                ground,
                lock.lock_id,
                f"a wrong code at {lock.on}",
                needs[:-1],
                verb=Verb.UNLOCK,
                on=lock.on,
                gains=gains,
                happens=failed,
                effects=lock.on_fail,
            )
        case LockKind.ITEMS:
            needs += [there, all_of([_put(ground, lock, item) for item in lock.items])]
        case LockKind.TRUST if lock.trust is not None:
            person = lock.trust.person
            enough = at_least(f"person.{person}.{lock.trust.statistic}", lock.trust.at_least)
            needs += [there, met(person), is_(f"person.{person}.status", "well"), enough]
        case LockKind.SEQUENCE:
            needs += [holds(f"~used.{item}") for item in dict.fromkeys(lock.sequence)]
            failed = [Happening(EventKind.UNLOCK_FAILED, object=lock.on, value=ANY)]
            gains = [
                Growth(f"lock.{lock.lock_id}.failures", Constant(lock.attempts or 10**6), once=True),
                Growth(f"lock.{lock.lock_id}.progress", Constant(len(lock.sequence)), once=True),
            ]
            yield from operator(
                ground,
                lock.lock_id,
                label,
                needs,
                verb=Verb.USE,
                on=f"{lock.sequence[0]}>",
                gains=gains,
                happens=failed,
                effects=lock.on_fail,
            )
        case LockKind.TIMED:
            shut = list(locked(ground, lock, is_locked=True))
            yield from operator(ground, lock.lock_id, f"the hours of {lock.on}", (), verb=Verb.WAIT, gains=shut)
            if not lock.hours:
                return
        case _:
            return
    opens = [*unlocked, *(gain for item in lock.items if lock.consumes for gain in consumed(ground, item))]
    yield from operator(
        ground, lock.lock_id, label, needs, verb=_LOCK_VERBS.get(lock.kind, Verb.UNLOCK), on=lock.on, gains=opens, effects=lock.on_open
    )


_LOCK_VERBS: Mapping[LockKind, Verb] = {LockKind.TIMED: Verb.WAIT, LockKind.SEQUENCE: Verb.USE}


def _put(ground: Ground, lock: Lock, item: str) -> Tree:
    """That the item is at hand, or lies in the locked thing."""
    return any_of([carried(item), is_(f"item.{item}.place", lock.on)]) if lock.on in ground.pack.items else carried(item)
