"""How a turn comes to rest: the rules its events set off, and the phases people pass into."""

from collections.abc import Sequence

from services.game.rules.cast import Phase
from services.game.rules.consequences import carry_out
from services.game.rules.events import EventKind
from services.game.rules.sight import is_here
from services.game.rules.state import State
from services.game.rules.story import EndingTrigger, Rule
from services.game.rules.turn import Turn


def settle(turn: Turn) -> None:
    """Let the events set off what they set off, until nothing more does.

    It ends: in one turn each rule fires at most once, and nobody enters a phase twice.
    """
    rules_on = turn.pack.rules_on
    while turn.unsettled or _stirs(turn):
        while turn.unsettled:
            event = turn.unsettled.popleft()
            for rule, triggers in rules_on.get(event.kind, ()):
                due = event.kind is not EventKind.DUE or event.object == rule.rule_id
                if due and any(trigger.fits(event) for trigger in triggers):
                    _try(turn, rule)


def end_if(turn: Turn, trigger: EndingTrigger) -> None:
    """Come to the first ending of that trigger whose test holds, unless the game is over already."""
    for ending in turn.pack.endings.values():
        if ending.trigger is trigger and (ending.when is None or ending.when(turn.state)):
            turn.emit(EventKind.ENDED, object=ending.ending_id)
            return


def fall_due(turn: Turn, slots: int) -> None:
    """Let the scheduled rules be due whose time has come when so many slots have passed since the game began."""
    for rule, at in sorted(turn.state.due.items(), key=lambda due: due[::-1]):
        if at <= slots:
            turn.emit(EventKind.DUE, object=rule)


def _stirs(turn: Turn) -> bool:
    """Whether a rule without events, or a person's phase, had something to do.

    A turn begins where the last one came to rest, so only what the changes since then can have woken is asked again.
    """
    if turn.settled is turn.state:
        return False
    pack, since, now = turn.pack, turn.settled or turn.before, turn.state
    turn.settled = now
    changed: Sequence[str] = [name for name, one, other in zip(State._fields, since, now, strict=True) if one is not other]
    if turn.before.meta.turn == 0 and turn.before is since:  # the first of all turns, and the opening, follow no rest
        changed = State._fields
    stirred = False
    for number in sorted(pack.woken_by[""].union(*(pack.woken_by.get(name, ()) for name in changed))):
        stirred |= _try(turn, pack.resting_rules[number])
    for person, fields in pack.phased.items():
        if not fields.isdisjoint(changed):
            stirred |= _rephase(turn, person)
    return stirred


def _try(turn: Turn, rule: Rule) -> bool:
    has_fired = rule.rule_id in turn.state.fired
    spent = (has_fired and rule.once) or rule.rule_id in turn.fired or turn.is_over
    if spent or not (rule.when is None or rule.when.holds(turn.state)):
        return False
    turn.fired.add(rule.rule_id)
    if not has_fired:
        turn.emit(EventKind.RULE_FIRED, object=rule.rule_id)
    carry_out(rule.effects, turn)
    return True


def _earlier(phases: tuple[Phase, ...], now: str, state: State) -> str:
    """The last phase before the present one whose `enter_when` holds, else the first of all."""
    before = phases[: next(number for number, phase in enumerate(phases) if phase.phase_id == now)]
    fitting = [phase for phase in before if phase.enter_when is not None and phase.enter_when.holds(state)]
    return (fitting or before)[-1 if fitting else 0].phase_id


def _rephase(turn: Turn, person: str) -> bool:
    """A later phase whose `enter_when` holds is entered; one whose `leave_when` holds falls back to an earlier phase."""
    phases, state = turn.pack.people[person].phases, turn.state
    if turn.is_over:
        return False
    now, to = state.people[person].phase, ""
    for phase in reversed(phases):
        if phase.phase_id == now:
            break
        if phase.enter_when is not None and phase.enter_when.holds(state):
            to = phase.phase_id
            break
    else:
        return False
    if not to:
        known = turn.pack.people[person].phase(now)
        if known is None or known is phases[0] or known.leave_when is None or not known.leave_when.holds(state):
            return False
        to = _earlier(phases, now, state)
    if (person, to) in turn.rephased:
        return False
    turn.rephased |= {(person, now), (person, to)}
    text = f"{turn.pack.path(person)}.phase.{to}.enter"
    told = turn.pack.has_text(text) and is_here(state, person)
    turn.emit(EventKind.PHASE_CHANGED, subject=person, value=to, text=text if told else None, hidden=not told)
    return True
