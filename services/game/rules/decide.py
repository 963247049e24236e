"""What a command comes to: the events of one turn, or no."""

from services.game.rules.clock import finish
from services.game.rules.commands import FREE_VERBS, Command, Verb
from services.game.rules.dice import Dice
from services.game.rules.events import Event
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, State
from services.game.rules.turn import Turn
from services.game.rules.verbs.deed import Deed, refusal
from services.game.rules.verbs.table import DEEDS
from services.game.rules.verbs.things import was_examined


def decide(pack: Pack, state: State, command: Command, dice: Dice) -> tuple[Event, ...]:
    """The events of the turn; none where the command changes nothing, and so spends no turn. Refused: it can't be done now.

    The answer depends on nothing but its arguments. The last event of a turn is TURN_TAKEN.
    """
    check(pack, state, command)
    if command.verb in FREE_VERBS:
        return ()
    turn = Turn(pack, state, dice)
    slots = DEEDS[command.verb].perform(turn, command)
    finish(turn, slots)
    if len(turn.events) == _ECHO_LENGTH and _repeats(state, command):
        return ()
    return tuple(turn.events)


def check(pack: Pack, state: State, command: Command) -> None:
    """Nothing, if the command can be done now. Refused: it can't."""
    if command.verb in FREE_VERBS:
        return
    if state.ending is not None:
        raise refusal(pack, "ended")
    deed = _deed(pack, command.verb)
    for key in state.conditions:
        bearer, _, condition = key.partition(":")
        if bearer == PLAYER and command.verb in pack.conditions[condition].blocks:
            raise refusal(pack, "blocked", condition)
    deed.check(pack, state, command)


def is_free(pack: Pack, state: State, command: Command) -> bool:
    """Whether the command can be done now and spends no turn. Refused: it can't be done."""
    return not decide(pack, state, command, dice_of(state))


def dice_of(state: State) -> Dice:
    """The dice of the state's next turn."""
    return Dice(bytes.fromhex(state.meta.seed), state.meta.turn)


_ECHO_LENGTH = 2  # the looking or reading itself, and TURN_TAKEN


def _deed(pack: Pack, verb: Verb) -> Deed:
    deed = DEEDS.get(verb)
    if deed is None:
        raise refusal(pack, "unsupported")
    return deed


def _repeats(state: State, command: Command) -> bool:
    """Whether the player looks at, or reads, what they have already: it is answered from what is known."""
    if command.verb is Verb.EXAMINE:
        return was_examined(state, command.object or "")
    return command.verb is Verb.READ and command.object in state.read
