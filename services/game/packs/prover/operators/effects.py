"""What effects make true."""

from collections.abc import Iterator

from services.game.packs.prover.facts import (
    ANY,
    Growth,
    Happening,
    Holds,
    opened,
)
from services.game.packs.prover.operators.ground import Ground
from services.game.rules import effects as fx
from services.game.rules.events import EventKind
from services.game.rules.expressions import Constant
from services.game.rules.nouns import Lock
from services.game.rules.state import GONE, PLAYER


def gains_of(  # noqa: C901, PLR0912, PLR0915 (one case an effect, each of a line or three)
    ground: Ground, effect: fx.Effect, *, once: bool
) -> Iterator[Holds | Growth]:
    """What the effect makes true, and who was waiting for it."""
    kind = EventKind
    match effect:
        case fx.SetFlag(flag=flag, value=test):
            values = (test.tree.value,) if isinstance(test.tree, Constant) else (True, False)
            for value in values:
                yield Holds(f"flag.{flag}", value)
                yield from ground.heard(Happening(kind.FLAG_SET, object=flag, value=int(bool(value))))
        case fx.SetVariable(variable=variable, value=amount):
            yield Growth(f"var.{variable}", amount.tree, once=once)
            yield from ground.heard(Happening(kind.VARIABLE_SET, object=variable, value=ANY))
        case fx.SetStatistic(person=person, statistic=key, value=amount):
            yield Growth(f"person.{person}.{key}" if person else f"player.{key}", amount.tree, once=once)
            yield from ground.heard(Happening(kind.STATISTIC_CHANGED, subject=person, object=key, value=ANY))
        case fx.SetItemState(item=item, state=state):
            yield Holds(f"item.{item}.state", state)
            yield from ground.heard(Happening(kind.STATE_CHANGED, object=item, value=state))
        case fx.SetMood(person=person, mood=mood):
            yield Holds(f"person.{person}.mood", mood)
            yield from ground.heard(Happening(kind.MOOD_CHANGED, subject=person, value=mood))
        case fx.SetStatus(person=person, status=status):
            yield Holds(f"person.{person}.status", str(status))
            yield from ground.heard(Happening(kind.STATUS_CHANGED, subject=person, value=status))
        case fx.MoveItem(item=item, where=where):
            yield Holds(f"item.{item}.place", where)
            yield from ground.heard(Happening(kind.ITEM_MOVED, object=item, place=where))
        case fx.MovePerson(person=None, place=place):
            yield Holds("player.place", place or "")
            yield Holds(f"place.{place}.visited", value=True)
            yield from ground.heard(Happening(kind.MOVED, place=place))
        case fx.MovePerson(person=person, place=place):
            yield from walks(ground, person or "", place)
        case fx.GiveItem(item=item):
            yield from taken(ground, item)
        case fx.TakeItem(item=item):
            yield from consumed(ground, item)
        case fx.RevealItem(item=item):
            yield from found(ground, item)
        case fx.RevealClue(clue=clue, source=source):
            yield Holds(f"clue.{clue}", value=True)
            yield from ground.heard(Happening(kind.LEARNT, object=clue, subject=source))
        case fx.Inform(person=person, clue=clue):
            yield Holds(f"person.{person}.knows.{clue}", value=True)
            yield from ground.heard(Happening(kind.INFORMED, subject=person, object=clue))
        case fx.SetOpen(thing=thing, is_open=is_open):
            yield Holds(opened(ground.pack, thing).path, is_open)
            yield from ground.heard(Happening(kind.OPENED if is_open else kind.CLOSED, object=thing))
        case fx.SetLocked(lock=lock, is_locked=is_locked):
            yield from locked(ground, ground.pack.locks[lock], is_locked=is_locked)
        case fx.StartCondition(bearer=bearer, condition=condition):
            yield from under(ground, bearer, condition, value=True)
            yield from ground.heard(Happening(kind.CONDITION_STARTED, subject=who_bears(bearer), object=condition, value=ANY))
        case fx.StopCondition(bearer=bearer, condition=condition):
            yield Holds(f"condition.{condition}" if bearer == PLAYER else f"person.{bearer}.under.{condition}", value=False)
            yield from ground.heard(Happening(kind.CONDITION_ENDED, subject=who_bears(bearer), object=condition))
        case fx.ScheduleRule(rule=rule):
            yield Holds(f"~due.{rule}", value=True)
        case fx.Say(speaker=speaker):
            yield from ground.heard(Happening(kind.HAPPENED, subject=speaker, object=ANY))
        case fx.End(ending=ending):
            yield Holds(f"~ending.{ending}", value=True)


def walks(ground: Ground, person: str, place: str | None) -> Iterator[Holds]:
    """A person gets to a place."""
    yield Holds(f"person.{person}.place", place or "nowhere")
    yield from ground.heard(Happening(EventKind.MOVED, subject=person, place=place))


def taken(ground: Ground, item: str) -> Iterator[Holds]:
    """An item comes into the hand."""
    yield Holds(f"item.{item}.place", PLAYER)
    yield Holds(f"item.{item}.found", value=True)
    yield from ground.heard(Happening(EventKind.TAKEN, object=item))


def consumed(ground: Ground, item: str) -> Iterator[Holds]:
    """An item leaves the game."""
    yield Holds(f"item.{item}.place", GONE)
    yield from ground.heard(Happening(EventKind.CONSUMED, object=item))


def found(ground: Ground, item: str) -> Iterator[Holds]:
    """A hidden item is found."""
    yield Holds(f"item.{item}.found", value=True)
    yield from ground.heard(Happening(EventKind.FOUND, object=item))


def locked(ground: Ground, lock: Lock, *, is_locked: bool) -> Iterator[Holds]:
    """A lock is locked, which shuts what it is on, or unlocked."""
    yield Holds(f"lock.{lock.lock_id}.locked", is_locked)
    if is_locked:
        yield Holds(opened(ground.pack, lock.on).path, value=False)
    yield from ground.heard(Happening(EventKind.LOCKED if is_locked else EventKind.UNLOCKED, object=lock.on))


def under(ground: Ground, bearer: str, condition: str, *, value: bool) -> Iterator[Holds | Growth]:
    """Somebody is under a condition, as strongly as it can get."""
    name = f"condition.{condition}" if bearer == PLAYER else f"person.{bearer}.under.{condition}"
    yield Holds(name, value)
    yield Growth(f"{name}.strength", Constant(ground.pack.conditions[condition].most), once=True)


def who_bears(bearer: str) -> str | None:
    """Who is under a condition, as events say it: None is the player."""
    return None if bearer == PLAYER else bearer
