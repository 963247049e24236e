"""How a turn comes to rest: the rules its events set off, and the phases people pass into."""

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
    events, woken_by, heeded = turn.events, turn.pack.waiting.woken_by, turn.heeded
    while True:
        while heeded < len(events):
            for rule in woken_by(events[heeded]):
                _try(turn, rule)
            heeded += 1
        if turn.settled is turn.state or not _stirs(turn):
            break
    turn.heeded = heeded


def end_if(turn: Turn, trigger: EndingTrigger) -> None:
    """Come to the first ending of that trigger whose test holds, unless the game is over already."""
    for ending in turn.pack.endings_on[trigger]:
        if ending.when is None or ending.when.holds(turn.state):
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
    since, now = turn.settled or turn.before, turn.state
    turn.settled = now
    # The first of all turns, and the opening, follow no rest.
    is_first = turn.before.meta.turn == 0 and turn.before is since
    rules, people = turn.pack.dependants.of_all() if is_first else turn.pack.dependants.of_changes(since, now)
    stirred = False
    for rule in rules:
        stirred |= _try(turn, rule)
    for person in people:
        stirred |= _rephase(turn, person)
    return stirred


def _try(turn: Turn, rule: Rule) -> bool:
    state = turn.state
    has_fired = rule.rule_id in state.fired
    if (has_fired and rule.once) or rule.rule_id in turn.fired or state.ending is not None:
        return False
    if rule.when is not None and not rule.when.holds(state):
        return False
    turn.fired.add(rule.rule_id)
    if not has_fired:
        turn.emit(EventKind.RULE_FIRED, object=rule.rule_id)
    carry_out(rule.effects, turn)
    return True


def _rephase(turn: Turn, person: str) -> bool:
    """A later phase whose `enter_when` holds is entered; one whose `leave_when` holds falls back to an earlier phase."""
    phases, state = turn.pack.people[person].phases, turn.state
    now = state.people[person].phase
    to = _phase_after(phases, now, state)
    if to == now or state.ending is not None or (person, to) in turn.rephased:
        return False
    turn.rephased |= {(person, now), (person, to)}
    text = f"{turn.pack.path(person)}.phase.{to}.enter"
    told = turn.pack.has_text(text) and is_here(state, person)
    turn.emit(EventKind.PHASE_CHANGED, subject=person, value=to, text=text if told else None, hidden=not told)
    return True


def _phase_after(phases: tuple[Phase, ...], now: str, state: State) -> str:
    """The phase to be in: a later one that can be entered, else the present one, or what comes before it if that is left."""
    number = len(phases) - 1
    while phases[number].phase_id != now:
        enter = phases[number].enter_when
        if enter is not None and enter.holds(state):
            return phases[number].phase_id
        number -= 1
    leave = phases[number].leave_when
    if number == 0 or leave is None or not leave.holds(state):
        return now
    fitting = [phase for phase in phases[:number] if phase.enter_when is not None and phase.enter_when.holds(state)]
    return fitting[-1].phase_id if fitting else phases[0].phase_id
