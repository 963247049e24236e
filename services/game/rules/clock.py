"""How time passes: slots, days, people's schedules, conditions that wear off, and the endings time brings."""

from services.game.rules.consequences import stop_condition, walk
from services.game.rules.events import EventKind
from services.game.rules.pack import EndingTrigger, Person
from services.game.rules.settle import end_if, settle
from services.game.rules.state import Status
from services.game.rules.turn import Turn


def finish(turn: Turn, slots: int) -> None:
    """Bring a turn to its end: what it set off, the endings it earned, the time it took."""
    settle(turn)
    end_if(turn, EndingTrigger.ACTION)
    if slots and not turn.is_over:
        _pass_time(turn, slots)
    _wear_off(turn)
    settle(turn)
    turn.emit(EventKind.TURN_TAKEN)


def slots_left(turn: Turn) -> int:
    """The slots until the day is over, the present one included."""
    return turn.pack.slots_per_day - turn.state.clock.slot + 1


def _pass_time(turn: Turn, slots: int) -> None:
    clock, pack = turn.state.clock, turn.pack
    if slots < slots_left(turn):
        turn.emit(EventKind.TIME_PASSED, value=clock.slot + slots)
        _keep_schedules(turn, after=clock.slot)
        settle(turn)
        end_if(turn, EndingTrigger.TICK)
        return
    end_if(turn, EndingTrigger.NIGHT)
    if clock.day >= pack.days:
        end_if(turn, EndingTrigger.TIME)
        return
    turn.emit(EventKind.DAY_BEGAN, value=clock.day + 1)
    _keep_schedules(turn, after=0)
    settle(turn)
    end_if(turn, EndingTrigger.TICK)


def _keep_schedules(turn: Turn, after: int) -> None:
    """Let everyone whose stay begins after that slot, and by now, go where it is."""
    for person in turn.pack.people.values():
        known = turn.state.people[person.person_id]
        if turn.is_over or known.status is not Status.WELL:
            continue
        stays = _stays(person, turn.state.clock.day, after, turn.state.clock.slot)
        if stays and stays[-1] != known.place:
            walk(turn, person.person_id, stays[-1])


def _stays(person: Person, day: int, after: int, until: int) -> list[str | None]:
    fitting = [stay for stay in person.schedule if stay.day in (None, day) and after < stay.slot <= until]
    # A stay of this very day goes before one of every day.
    return [stay.place for stay in sorted(fitting, key=lambda stay: (stay.slot, stay.day is not None))]


def _wear_off(turn: Turn) -> None:
    number = turn.before.meta.turn + 1
    for key, until in turn.state.conditions.items():
        if until and until <= number:
            bearer, _, condition = key.partition(":")
            stop_condition(turn, bearer, condition)
