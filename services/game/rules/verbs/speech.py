"""Persuading, lying, accusing; and how people take the player's own words."""

from services.game.rules.cast import Reaction
from services.game.rules.commands import Command, Verb
from services.game.rules.consequences import carry_out
from services.game.rules.events import EventKind
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.rules.turn import Turn
from services.game.rules.verbs.deed import Deed, refusal
from services.game.rules.verbs.people import check_awake

WORDED_VERBS = frozenset({Verb.TALK, Verb.PERSUADE, Verb.LIE})
"""What is done with words of the player's own, so that somebody may judge how they are taken."""


def take_words(turn: Turn, command: Command, label: str) -> None:
    """Let the person spoken to take the player's words as the label says, where the pack says what comes of it."""
    person = command.object
    if command.verb in WORDED_VERBS and person is not None and label in turn.pack.people[person].labels:
        turn.emit(EventKind.JUDGED, subject=person, value=label)
        carry_out(turn.pack.people[person].labels[label], turn)


def _reaction(pack: Pack, state: State, command: Command) -> Reaction | None:
    """The first reaction that fits; those to this very topic go before those to any."""
    fitting = [
        reaction
        for reaction in pack.people[command.object or ""].reactions
        if reaction.verb is command.verb
        and reaction.topic in (None, command.topic)
        and (reaction.when is None or reaction.when(state))
        and _can_raise(pack, state, command)
    ]
    return min(fitting, key=lambda reaction: reaction.topic is None, default=None)


def _can_raise(pack: Pack, state: State, command: Command) -> bool:
    """Whether the topic, if there is one, is one that can come up now."""
    topic = pack.people[command.object or ""].topics.get(command.topic or "")
    return command.topic is None or (topic is not None and (topic.when is None or topic.when(state)))


def _check_words(pack: Pack, state: State, command: Command) -> None:
    person = check_awake(pack, state, command.object)
    if not _can_raise(pack, state, command):
        raise refusal(pack, "no_topic", person)
    if _reaction(pack, state, command) is None and not pack.people[person].labels:
        raise refusal(pack, "unmoved", person)


def _persuade(turn: Turn, command: Command) -> int:
    return _speak(turn, command, EventKind.PERSUADED)


def _lie(turn: Turn, command: Command) -> int:
    return _speak(turn, command, EventKind.LIED)


def _speak(turn: Turn, command: Command, kind: EventKind) -> int:
    turn.emit(kind, subject=command.object, object=command.topic)
    _react(turn, command, _reaction(turn.pack, turn.before, command))
    return 1


def _react(turn: Turn, command: Command, reaction: Reaction | None) -> None:
    if reaction is None:
        turn.emit(EventKind.HAPPENED, text="event.shown.unmoved", object=command.object)
        return
    if reaction.text is not None:
        turn.emit(EventKind.HAPPENED, subject=command.object, text=reaction.text)
    carry_out(reaction.effects, turn)


def _proved(pack: Pack, state: State, command: Command) -> Reaction | None:
    """The reaction to an accusation on the strength of those clues that asks for the most of them."""
    fitting = [
        reaction
        for reaction in pack.people[command.object or ""].reactions
        if reaction.verb is Verb.ACCUSE and reaction.clues <= set(command.clues) and (reaction.when is None or reaction.when(state))
    ]
    return max(fitting, key=lambda reaction: len(reaction.clues), default=None)


def _check_accuse(pack: Pack, state: State, command: Command) -> None:
    person = check_awake(pack, state, command.object)
    if not command.clues or any(clue not in state.clues for clue in command.clues):
        raise refusal(pack, "no_evidence", person)
    if _proved(pack, state, command) is None:
        raise refusal(pack, "unproved", person)


def _accuse(turn: Turn, command: Command) -> int:
    turn.emit(EventKind.ACCUSED, subject=command.object)
    _react(turn, command, _proved(turn.pack, turn.before, command))
    return 1


PERSUADE = Deed(check=_check_words, perform=_persuade)
LIE = Deed(check=_check_words, perform=_lie)
ACCUSE = Deed(check=_check_accuse, perform=_accuse)
