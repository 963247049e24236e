"""How time passes: slots, nights, days, people's schedules, hours of locks, what falls due and wears off, the endings time brings."""

from services.game.rules.consequences import carry_out, slots_since_begin, stop_condition, walk
from services.game.rules.events import EventKind
from services.game.rules.night import overhear, pass_night
from services.game.rules.settle import end_if, fall_due, settle
from services.game.rules.sight import is_perceived, is_shut
from services.game.rules.state import DayPhase, Status
from services.game.rules.story import EndingTrigger
from services.game.rules.turn import Turn


def finish(turn: Turn, slots: int) -> None:
    """Bring a turn to its end: what it set off, the endings it earned, the time it took."""
    settle(turn)
    end_if(turn, EndingTrigger.ACTION)
    if turn.before.clock.phase is DayPhase.NIGHT:
        _end_night(turn)
    elif slots:
        if not turn.asleep:
            overhear(turn)
        _pass_time(turn, slots)
    _wear_off(turn)
    settle(turn)
    turn.emit(EventKind.TURN_TAKEN)


def slots_left(turn: Turn) -> int:
    """The slots until the day is over, the present one included."""
    return turn.pack.slots_per_day - turn.state.clock.slot + 1


def _pass_time(turn: Turn, slots: int) -> None:
    clock = turn.state.clock
    if slots < slots_left(turn):
        turn.emit(EventKind.TIME_PASSED, value=clock.slot + slots)
        _arrive(turn, after=clock.slot)
    elif turn.pack.has_night:
        turn.emit(EventKind.NIGHT_FELL)
        _keep_schedules(turn, after=clock.slot, until=turn.pack.slots_per_day + 1)
        settle(turn)
        if turn.asleep:
            _end_night(turn)
    else:
        _end_day(turn)


def _end_night(turn: Turn) -> None:
    pass_night(turn)
    _end_day(turn)


def _end_day(turn: Turn) -> None:
    end_if(turn, EndingTrigger.NIGHT)
    if turn.state.clock.day >= turn.pack.days:
        end_if(turn, EndingTrigger.TIME)
        return
    turn.emit(EventKind.DAY_BEGAN, value=turn.state.clock.day + 1)
    _arrive(turn, after=0)


def _arrive(turn: Turn, after: int) -> None:
    """Let happen what belongs to the time that has come: the slots after that one."""
    _keep_schedules(turn, after=after, until=turn.state.clock.slot)
    _keep_hours(turn)
    _follow(turn)
    fall_due(turn, slots_since_begin(turn.state.clock.day, turn.state.clock.slot, turn.pack.slots_per_day))
    settle(turn)
    end_if(turn, EndingTrigger.TICK)


def _keep_schedules(turn: Turn, after: int, until: int) -> None:
    """Let everyone whose stay begins after the one slot, and by the other, go where it is."""
    going: dict[str, str | None] = {}
    for slot in range(after + 1, until + 1):
        going |= turn.pack.stays.get((turn.state.clock.day, slot), ())
    for person, place in going.items():
        known = turn.state.people[person]
        if known.place != place and known.status is Status.WELL:
            walk(turn, person, place)


def _keep_hours(turn: Turn) -> None:
    """Let the locks that go by the clock lock and unlock themselves."""
    for lock in turn.pack.timed_locks:
        shut = is_shut(lock, turn.state.clock.day, turn.state.clock.slot)
        if shut is not turn.state.locks[lock.lock_id].locked:
            hidden = not is_perceived(turn.pack, turn.state, lock.on)
            turn.emit(EventKind.LOCKED if shut else EventKind.UNLOCKED, object=lock.on, hidden=hidden)
            carry_out(() if shut else lock.on_open, turn)


def _follow(turn: Turn) -> None:
    """Let the player come along with whom they follow."""
    if turn.following is None:
        return
    place = turn.state.people[turn.following].place
    if place is not None and place != turn.state.player.place:
        turn.emit(EventKind.MOVED, place=place)


def _wear_off(turn: Turn) -> None:
    number = turn.before.meta.turn + 1
    for key, condition in sorted(turn.state.conditions.items()):
        bearer, _, named = key.partition(":")
        if key in turn.before.conditions:
            carry_out(turn.pack.conditions[named].each_turn, turn)
        if condition.until and condition.until <= number:
            stop_condition(turn, bearer, named)
