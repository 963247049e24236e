"""What rules and clues wait for: patterns of events, read from a pack's files."""

from dataclasses import replace

from services.game.packs.fields import scalar
from services.game.packs.reading import Reading
from services.game.packs.source import Mapping, Node, is_null
from services.game.rules.commands import Verb
from services.game.rules.events import EventKind
from services.game.rules.nouns import Kind
from services.game.rules.state import PLAYER
from services.game.rules.story import NOBODY, Trigger

_ABOUT_PLACE = frozenset({EventKind.MOVED})
_ABOUT_PERSON = frozenset(
    {
        EventKind.TALKED,
        EventKind.PHASE_CHANGED,
        EventKind.MOOD_CHANGED,
        EventKind.STATUS_CHANGED,
        EventKind.HEARD,
        EventKind.FOLLOWED,
        EventKind.PERSUADED,
        EventKind.LIED,
        EventKind.ACCUSED,
    }
)
_OF_ANYBODY = frozenset(
    {EventKind.MOVED, EventKind.TAKEN, EventKind.STATISTIC_CHANGED, EventKind.CONDITION_STARTED, EventKind.CONDITION_ENDED}
)
"""What can happen to the player as well as to people: without a subject, it is the player's."""
_ANYBODY = "any"
_FIELDS = ("subject", "object", "place", "value")
_UNSEEN = frozenset(
    {
        EventKind.RULE_FIRED,
        EventKind.SCHEDULED,
        EventKind.STEPPED,
        EventKind.EMERGED,
        EventKind.JUDGED,
        EventKind.TURN_TAKEN,
        EventKind.ENDED,
    }
)
_KINDS = tuple(kind.value for kind in EventKind if kind not in _UNSEEN)


def read_triggers(reading: Reading, nodes: tuple[Node, ...]) -> tuple[Trigger, ...]:
    """`- taken: key`, `- moved: hall`, `- talked: {subject: mina, object: power}`, `- waited`; any one of the list will do.

    A single word after the kind is the place of `moved`, the subject of `talked` and of what changes in people, else the object. What
    can happen to anybody is the player's, unless the subject says whose.
    """
    return tuple(trigger for node in nodes for trigger in _read(reading, node))


def _read(reading: Reading, node: Node) -> list[Trigger]:
    if not isinstance(node, Mapping):
        return [_trigger(reading, _kind(reading, scalar(node, reading.problems, "an event").text, node))]
    triggers = []
    for word, about in node.entries.items():
        kind = _kind(reading, word, node)
        if isinstance(about, Mapping):
            triggers.append(_of_fields(reading, kind, about))
        elif is_null(about):
            triggers.append(_trigger(reading, kind))
        elif kind in _ABOUT_PLACE:
            triggers.append(_trigger(reading, kind, place=reading.id(about, Kind.PLACE)))
        elif kind in _ABOUT_PERSON:
            triggers.append(Trigger(kind=kind, subject=reading.id(about, Kind.PERSON)))
        else:
            triggers.append(_trigger(reading, kind, about=_object(reading, kind, about)))
    return triggers


def _kind(reading: Reading, word: str, node: Node) -> EventKind:
    if word in _KINDS:
        return EventKind(word)
    reading.problems.unknown(node.spot, "event", word, _KINDS)
    return EventKind.WAITED


def _of_fields(reading: Reading, kind: EventKind, node: Mapping) -> Trigger:
    fields = reading.fields(node, "an event")
    subject, about, place = (fields.node(name) for name in _FIELDS[:3])
    value = fields.text("value", "")
    fields.done()
    number = value.removeprefix("-").isdigit()
    trigger = _trigger(
        reading,
        kind,
        about=None if about is None else _object(reading, kind, about),
        place=None if place is None else reading.id(place, Kind.PLACE, also=(PLAYER,)),
    )
    return replace(
        trigger,
        subject=trigger.subject if subject is None else _subject(reading, kind, subject),
        value=(int(value) if number else value) if value else None,
    )


def _trigger(reading: Reading, kind: EventKind, *, about: str | None = None, place: str | None = None) -> Trigger:
    """The trigger of somebody's own doing: the player's, where it can be."""
    is_persons = kind is EventKind.STATISTIC_CHANGED and about not in {None, *reading.declared.statistics}
    return Trigger(kind=kind, subject=NOBODY if kind in _OF_ANYBODY and not is_persons else None, object=about, place=place)


def _subject(reading: Reading, kind: EventKind, node: Node) -> str | None:
    also = (_ANYBODY, PLAYER) if kind in _OF_ANYBODY else ()
    named = reading.id(node, Kind.PERSON, Kind.ITEM, Kind.DOOR, also=also)
    return {_ANYBODY: None, PLAYER: NOBODY}.get(named, named)


def _object(reading: Reading, kind: EventKind, node: Node) -> str:
    declared = reading.declared
    topics = tuple(topic for topics in declared.person_topics.values() for topic in topics)
    own = {
        **dict.fromkeys((EventKind.TALKED, EventKind.PERSUADED, EventKind.LIED), topics),
        EventKind.HEARD: tuple(verb.value for verb in Verb),
        EventKind.FLAG_SET: declared.flags,
        EventKind.VARIABLE_SET: declared.variables,
        EventKind.STATISTIC_CHANGED: (*declared.statistics, *(key for keys in declared.person_statistics.values() for key in keys)),
    }
    if kind in own:
        return reading.one_of(node, f"object of {kind}", own[kind])
    return reading.id(node, Kind.ITEM, Kind.DOOR, Kind.CLUE, Kind.PERSON, Kind.CONDITION, Kind.PLACE)
