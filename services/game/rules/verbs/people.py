"""Giving, showing and talking to people."""

from services.game.rules.cast import Reaction, Topic
from services.game.rules.commands import Command, Verb
from services.game.rules.consequences import carry_out
from services.game.rules.events import EventKind
from services.game.rules.pack import Pack
from services.game.rules.sight import is_here, text_now
from services.game.rules.state import State, Status, topic_key
from services.game.rules.turn import Turn
from services.game.rules.verbs.deed import Deed, refusal, required
from services.game.rules.verbs.things import check_carried


def check_awake(pack: Pack, state: State, named: str | None) -> str:
    """The id, of a person who is here and awake."""
    person = required(pack, named)
    if not is_here(state, person):
        raise refusal(pack, "not_here")
    status = state.people[person].status
    if status is not Status.WELL:
        raise refusal(pack, status.value, person)
    return person


def _reaction(pack: Pack, state: State, verb: Verb, person: str, item: str) -> Reaction | None:
    """The first reaction that fits; those to this very item go before those to any."""
    fitting = [
        reaction
        for reaction in pack.people[person].reactions
        if reaction.verb is verb and reaction.item in (None, item) and (reaction.when is None or reaction.when(state))
    ]
    return min(fitting, key=lambda reaction: reaction.item is None, default=None)


def _check_give(pack: Pack, state: State, command: Command) -> None:
    item = check_carried(pack, state, command.object)
    person = check_awake(pack, state, command.target)
    reaction = _reaction(pack, state, Verb.GIVE, person, item)
    if reaction is None:
        raise refusal(pack, "not_wanted", person)


def _give(turn: Turn, command: Command) -> int:
    reaction = _reaction(turn.pack, turn.state, Verb.GIVE, command.target or "", command.object or "")
    kept = reaction is not None and reaction.accepts
    turn.emit(EventKind.GIVEN if kept else EventKind.SHOWN, object=command.object, subject=command.target)
    _react(turn, Verb.GIVE, command)
    return 1


def _check_show(pack: Pack, state: State, command: Command) -> None:
    check_carried(pack, state, command.object)
    check_awake(pack, state, command.target)


def _show(turn: Turn, command: Command) -> int:
    turn.emit(EventKind.SHOWN, object=command.object, subject=command.target)
    _react(turn, Verb.SHOW, command)
    return 1


def _react(turn: Turn, verb: Verb, command: Command) -> None:
    item, person = command.object or "", command.target or ""
    reaction = _reaction(turn.pack, turn.before, verb, person, item)
    if reaction is None:
        turn.emit(EventKind.HAPPENED, text="event.shown.unmoved", object=person)
        return
    if reaction.text is not None:
        turn.emit(EventKind.HAPPENED, subject=person, object=item, text=reaction.text)
    carry_out(reaction.effects, turn)


def topics_now(pack: Pack, state: State, person: str) -> tuple[Topic, ...]:
    """What the person can be talked with about now."""
    return tuple(
        topic
        for topic in pack.people[person].topics.values()
        if (topic.when is None or topic.when(state))
        and not (topic.once and topic_key(person, topic.topic_id) in state.talked)
        and text_now(topic.lines, state) is not None
    )


def _topic(pack: Pack, state: State, command: Command) -> Topic | None:
    return next((topic for topic in topics_now(pack, state, command.object or "") if topic.topic_id == command.topic), None)


def _check_talk(pack: Pack, state: State, command: Command) -> None:
    person = check_awake(pack, state, command.object)
    if command.topic is not None and _topic(pack, state, command) is None:
        raise refusal(pack, "no_topic", person)


def _talk(turn: Turn, command: Command) -> int:
    person = command.object or ""
    topic = _topic(turn.pack, turn.state, command)
    if topic is None:
        turn.emit(EventKind.TALKED, subject=person, text=_greeting(turn.pack, turn.state, person))
    else:
        turn.emit(EventKind.TALKED, subject=person, object=topic.topic_id, text=text_now(topic.lines, turn.state))
        carry_out(topic.effects, turn)
    return 1


def _greeting(pack: Pack, state: State, person: str) -> str:
    """What the person says to no question in particular: as their phase has it, if it has."""
    own = f"{pack.path(person)}.phase.{state.people[person].phase}.greeting"
    return own if pack.has_text(own) else f"{pack.path(person)}.greeting"


GIVE = Deed(check=_check_give, perform=_give)
SHOW = Deed(check=_check_show, perform=_show)
TALK = Deed(check=_check_talk, perform=_talk)
