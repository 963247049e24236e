"""What a command comes to: the events of one turn, or no."""

from typing import NamedTuple

from services.game.rules.clock import finish
from services.game.rules.commands import FREE_VERBS, NIGHT_VERBS, QUIET_VERBS, Command, Verb
from services.game.rules.dice import Dice
from services.game.rules.events import Event, EventKind
from services.game.rules.noise import resound
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, DayPhase, State
from services.game.rules.turn import Turn
from services.game.rules.verbs.deed import refusal
from services.game.rules.verbs.speech import take_words
from services.game.rules.verbs.table import DEEDS
from services.game.rules.verbs.things import was_examined


class Outcome(NamedTuple):
    """What a command came to, and the state after it."""

    events: tuple[Event, ...]
    state: State


def decide(pack: Pack, state: State, command: Command, dice: Dice, label: str | None = None) -> tuple[Event, ...]:
    """The events of the turn; none where the command changes nothing, and so spends no turn. Refused: it can't be done now.

    `label`, one of LABELS, is how the person spoken to takes the player's own words, where somebody judged them. The answer depends
    on nothing but its arguments. The last event of a turn is TURN_TAKEN.
    """
    return _decided(pack, state, command, dice, label).events


def play(pack: Pack, state: State, command: Command, label: str | None = None) -> Outcome:
    """What `decide` says with the state's own dice, and the state after it, as `replay` has it. Refused: it can't be done now."""
    return _decided(pack, state, command, dice_of(state), label)


def check(pack: Pack, state: State, command: Command) -> None:
    """Nothing, if the command can be done now. Refused: it can't."""
    if command.verb in FREE_VERBS:
        return
    if state.ending is not None:
        raise refusal(pack, "ended")
    if state.clock.phase is DayPhase.NIGHT and command.verb not in NIGHT_VERBS:
        raise refusal(pack, "night")
    if state.conditions:
        _check_unblocked(pack, state, command)
    DEEDS[command.verb].check(pack, state, command)


def _check_unblocked(pack: Pack, state: State, command: Command) -> None:
    for key in sorted(state.conditions):
        bearer, _, condition = key.partition(":")
        if bearer == PLAYER and command.verb in pack.conditions[condition].blocks:
            raise refusal(pack, "blocked", condition)


def _decided(pack: Pack, state: State, command: Command, dice: Dice, label: str | None) -> Outcome:
    check(pack, state, command)
    if command.verb in FREE_VERBS:
        return Outcome(events=(), state=state)
    turn = Turn(pack, state, dice)
    turn.noise = pack.noise.get(command.verb, 0)
    if state.player.hidden and command.verb not in QUIET_VERBS:
        turn.emit(EventKind.EMERGED)
    slots = DEEDS[command.verb].perform(turn, command)
    if label is not None:
        take_words(turn, command, label)
    if pack.hears and turn.noise:
        resound(turn, command.verb)
    finish(turn, slots)
    if len(turn.events) == _ECHO_LENGTH and _repeats(state, command):
        return Outcome(events=(), state=state)
    return Outcome(events=tuple(turn.events), state=turn.state)


def is_free(pack: Pack, state: State, command: Command) -> bool:
    """Whether the command can be done now and spends no turn. Refused: it can't be done."""
    return not decide(pack, state, command, dice_of(state))


def dice_of(state: State) -> Dice:
    """The dice of the state's next turn."""
    return Dice(bytes.fromhex(state.meta.seed), state.meta.turn)


_ECHO_LENGTH = 2  # the looking or reading itself, and TURN_TAKEN


def _repeats(state: State, command: Command) -> bool:
    """Whether the player looks at, or reads, what they have already: it is answered from what is known."""
    if command.verb is Verb.EXAMINE:
        return was_examined(state, command.object or "")
    return command.verb is Verb.READ and command.object in state.read
