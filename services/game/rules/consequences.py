"""What each effect of a pack comes to, as events. An effect that would change nothing gives none."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from services.game.rules import effects as fx
from services.game.rules.events import EventKind
from services.game.rules.nouns import Statistic
from services.game.rules.sight import is_here, is_perceived
from services.game.rules.state import GONE, PLAYER, condition_key, number_key
from services.game.rules.story import Stacking
from services.game.rules.turn import Turn


def carry_out(effects: Iterable[fx.Effect], turn: Turn) -> None:
    """Let the effects happen, one after another, each seeing the state after the one before."""
    for effect in effects:
        _DEEDS[type(effect)](effect, turn)


_DEEDS: dict[type, Callable[[Any, Turn], None]] = {}  # Any: each deed takes the effect that it stands under
Deed = TypeVar("Deed", bound=Callable[[Any, Turn], None])  # Any: see above


def _of(effect: type[fx.Effect]) -> Callable[[Deed], Deed]:
    """Registers what the effect comes to: `singledispatch`, in a quarter of its time."""

    def register(deed: Deed) -> Deed:
        _DEEDS[effect] = deed
        return deed

    return register


@_of(fx.SetFlag)
def _(effect: fx.SetFlag, turn: Turn) -> None:
    value = effect.value(turn.state)
    if turn.state.flags[effect.flag] != value:
        turn.emit(EventKind.FLAG_SET, object=effect.flag, value=int(value))


@_of(fx.SetVariable)
def _(effect: fx.SetVariable, turn: Turn) -> None:
    noun, key = turn.pack.variables[effect.variable], effect.variable
    value = _bounded(noun, turn.before.variables[key], None, effect.value(turn.state))
    if turn.state.variables[key] != value:
        turn.emit(EventKind.VARIABLE_SET, object=key, value=value)


@_of(fx.SetStatistic)
def _(effect: fx.SetStatistic, turn: Turn) -> None:
    key, person = effect.statistic, effect.person
    if person is None:
        noun, before, now = turn.pack.statistics[key], turn.before.player.statistics[key], turn.state.player.statistics[key]
    else:
        noun = turn.pack.people[person].statistics[key]
        before, now = turn.before.people[person].statistics[key], turn.state.people[person].statistics[key]
    value = _bounded(noun, before, turn.state.dawn.get(number_key(person, key)), effect.value(turn.state))
    if now != value:
        turn.emit(EventKind.STATISTIC_CHANGED, subject=person, object=key, value=value, hidden=person is not None or not noun.shown)


@_of(fx.SetItemState)
def _(effect: fx.SetItemState, turn: Turn) -> None:
    if turn.state.items[effect.item].state != effect.state:
        hidden = not is_perceived(turn.pack, turn.state, effect.item)
        turn.emit(EventKind.STATE_CHANGED, object=effect.item, value=effect.state, hidden=hidden)


@_of(fx.SetMood)
def _(effect: fx.SetMood, turn: Turn) -> None:
    if turn.state.people[effect.person].mood != effect.mood:
        hidden = not is_here(turn.state, effect.person)
        turn.emit(EventKind.MOOD_CHANGED, subject=effect.person, value=effect.mood, hidden=hidden)


@_of(fx.SetStatus)
def _(effect: fx.SetStatus, turn: Turn) -> None:
    if turn.state.people[effect.person].status != effect.status:
        turn.emit(EventKind.STATUS_CHANGED, subject=effect.person, value=effect.status)


@_of(fx.MoveItem)
def _(effect: fx.MoveItem, turn: Turn) -> None:
    if turn.state.items[effect.item].where != effect.where:
        turn.emit(EventKind.ITEM_MOVED, object=effect.item, place=effect.where)


@_of(fx.MovePerson)
def _(effect: fx.MovePerson, turn: Turn) -> None:
    if effect.person is None:
        if turn.state.player.place != effect.place:
            turn.emit(EventKind.MOVED, place=effect.place)
        return
    if turn.state.people[effect.person].place != effect.place:
        walk(turn, effect.person, effect.place)


@_of(fx.GiveItem)
def _(effect: fx.GiveItem, turn: Turn) -> None:
    if turn.state.items[effect.item].where != PLAYER:
        turn.emit(EventKind.TAKEN, object=effect.item, text="event.taken.received")


@_of(fx.TakeItem)
def _(effect: fx.TakeItem, turn: Turn) -> None:
    if turn.state.items[effect.item].where != GONE:
        hidden = not is_perceived(turn.pack, turn.state, effect.item)
        turn.emit(EventKind.CONSUMED, object=effect.item, hidden=hidden)


@_of(fx.RevealItem)
def _(effect: fx.RevealItem, turn: Turn) -> None:
    if turn.pack.items[effect.item].hidden and effect.item not in turn.state.found:
        turn.emit(EventKind.FOUND, object=effect.item)


@_of(fx.RevealClue)
def _(effect: fx.RevealClue, turn: Turn) -> None:
    if effect.clue not in turn.state.clues:
        turn.emit(EventKind.LEARNT, object=effect.clue, subject=effect.source)


@_of(fx.Inform)
def _(effect: fx.Inform, turn: Turn) -> None:
    if effect.clue not in turn.state.people[effect.person].knows:
        turn.emit(EventKind.INFORMED, subject=effect.person, object=effect.clue)


@_of(fx.SetOpen)
def _(effect: fx.SetOpen, turn: Turn) -> None:
    if (effect.thing in turn.state.opened) != effect.is_open:
        hidden = not is_perceived(turn.pack, turn.state, effect.thing)
        turn.emit(EventKind.OPENED if effect.is_open else EventKind.CLOSED, object=effect.thing, hidden=hidden)


@_of(fx.SetLocked)
def _(effect: fx.SetLocked, turn: Turn) -> None:
    if turn.state.locks[effect.lock].locked != effect.is_locked:
        thing = turn.pack.locks[effect.lock].on
        hidden = not is_perceived(turn.pack, turn.state, thing)
        turn.emit(EventKind.LOCKED if effect.is_locked else EventKind.UNLOCKED, object=thing, hidden=hidden)


@_of(fx.StartCondition)
def _(effect: fx.StartCondition, turn: Turn) -> None:
    noun = turn.pack.conditions[effect.condition]
    turns = effect.turns or noun.turns
    until = turn.before.meta.turn + 1 + turns if turns else 0
    known = turn.state.conditions.get(condition_key(effect.bearer, effect.condition))
    if known is not None:
        if noun.stacks is Stacking.KEEP:
            return
        if noun.stacks is Stacking.EXTEND:
            until = known.until + turns if known.until and turns else 0
        if until == known.until and not (noun.stacks is Stacking.COUNT and known.strength < noun.most):
            return
    subject, hidden = _borne(turn, effect.bearer, effect.condition)
    turn.emit(EventKind.CONDITION_STARTED, subject=subject, object=effect.condition, value=until, hidden=hidden)


@_of(fx.StopCondition)
def _(effect: fx.StopCondition, turn: Turn) -> None:
    stop_condition(turn, effect.bearer, effect.condition)


@_of(fx.ScheduleRule)
def _(effect: fx.ScheduleRule, turn: Turn) -> None:
    clock, length = turn.state.clock, turn.pack.slots_per_day
    now = slots_since_begin(clock.day, clock.slot, length)
    at = now + effect.slots if effect.slots is not None else slots_since_begin(effect.day or 1, effect.slot or 1, length)
    if at > now and turn.state.due.get(effect.rule) != at:
        turn.emit(EventKind.SCHEDULED, object=effect.rule, value=at)


@_of(fx.CancelRule)
def _(effect: fx.CancelRule, turn: Turn) -> None:
    if effect.rule in turn.state.due:
        turn.emit(EventKind.SCHEDULED, object=effect.rule)


@_of(fx.Say)
def _(effect: fx.Say, turn: Turn) -> None:
    turn.emit(EventKind.HAPPENED, subject=effect.speaker, text=effect.text)


@_of(fx.When)
def _(effect: fx.When, turn: Turn) -> None:
    carry_out(effect.then if effect.test(turn.state) else effect.otherwise, turn)


@_of(fx.Chance)
def _(effect: fx.Chance, turn: Turn) -> None:
    carry_out(effect.then if turn.dice.roll(100, effect.label) <= effect.percent else effect.otherwise, turn)


@_of(fx.End)
def _(effect: fx.End, turn: Turn) -> None:
    turn.emit(EventKind.ENDED, object=effect.ending)


def slots_since_begin(day: int, slot: int, slots_per_day: int) -> int:
    """How many slots lie before that one."""
    return (day - 1) * slots_per_day + slot - 1


def walk(turn: Turn, person: str, place: str | None) -> None:
    """Let the person go to the place; the player knows of it who sees them go or come."""
    here = turn.state.player.place
    hidden = here not in (turn.state.people[person].place, place)
    comes = place == here and not turn.pack.has_text(f"{turn.pack.path(person)}.on.moved")
    turn.emit(EventKind.MOVED, subject=person, place=place, text="event.moved.comes" if comes else None, hidden=hidden)


def stop_condition(turn: Turn, bearer: str, condition: str) -> None:
    """Let the bearer be under the condition no more."""
    if condition_key(bearer, condition) in turn.state.conditions:
        subject, hidden = _borne(turn, bearer, condition)
        turn.emit(EventKind.CONDITION_ENDED, subject=subject, object=condition, hidden=hidden)


def _bounded(statistic: Statistic, before: int, dawn: int | None, value: int) -> int:
    """The value within the statistic's bounds, and within its caps around what it was when the turn, and the day, began."""
    if statistic.cap is not None:
        value = max(before - statistic.cap, min(before + statistic.cap, value))
    if statistic.day_cap is not None and dawn is not None:
        value = max(dawn - statistic.day_cap, min(dawn + statistic.day_cap, value))
    return max(statistic.minimum, min(statistic.maximum, value))


def _borne(turn: Turn, bearer: str, condition: str) -> tuple[str | None, bool]:
    """The subject of an event about the bearer's condition, and whether it is hidden from the player."""
    shown = turn.pack.conditions[condition].shown
    if bearer == PLAYER:
        return None, not shown
    return bearer, not (shown and is_here(turn.state, bearer))
