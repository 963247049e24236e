"""The people of a pack, read from its files."""

import re

from services.game.packs.consequences import read_effects
from services.game.packs.fields import Fields, items
from services.game.packs.reading import Reading
from services.game.packs.source import Node, Scalar
from services.game.rules.cast import LABELS, Person, Phase, Reaction, Stay, Topic
from services.game.rules.commands import Verb
from services.game.rules.effects import Effect
from services.game.rules.nouns import Kind
from services.game.rules.state import Status

SPEECH_LEVELS = ("polite", "plain")
"""존댓말 and 반말."""
_ANY = "any"
_REACTED_TO = (Verb.GIVE, Verb.SHOW, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE)
_TAKEN = frozenset({"place", "here", "sees", "noticed", "status", "phase", "mood", "talked", "examined", "told", "knows", "under"})
_ADAPTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def read_people(reading: Reading, *, days: int, slots_per_day: int) -> dict[str, Person]:
    """The people with their phases, schedules, topics and reactions."""
    return {named: _person(reading, named, days, slots_per_day) for named in reading.declared.of(Kind.PERSON)}


def _person(reading: Reading, named: str, days: int, slots_per_day: int) -> Person:
    spot = reading.declared.spots[named]
    fields = reading.fields(reading.declared.bodies[named], "a person")
    for text in ("name", "description", "persona", "greeting"):
        reading.want(f"person.{named}.{text}", spot)
    start = fields.need("in")
    place = None if start is None else reading.id(start, Kind.PLACE, also=("nowhere",))
    fields.items("moods")
    for mood in reading.declared.person_moods[named]:
        reading.want(f"person.{named}.mood.{mood}", spot)
    person = Person(
        person_id=named,
        start=None if place == "nowhere" else place,
        status=fields.choice("status", tuple(Status), Status.WELL),
        speech=fields.choice("speech", SPEECH_LEVELS, "polite"),
        statistics=reading.statistics(fields, "statistics"),
        moods=reading.declared.person_moods[named],
        phases=tuple(_phase(reading, named, phase, node) for phase, node in fields.entries("phases")),
        schedule=tuple(_stay(reading, node, days, slots_per_day) for node in fields.items("schedule")),
        topics={topic: _topic(reading, named, topic, node) for topic, node in fields.entries("topics")},
        reactions=tuple(_reaction(reading, named, node) for node in fields.items("reactions")),
        labels=_labels(reading, fields),
        knows=frozenset(reading.ids(fields.items("knows"), Kind.CLUE)),
    )
    fields.done()
    for statistic in person.statistics:
        if statistic in _TAKEN:
            reading.problems.add(spot, f"{statistic!r} already says something else of a person: give the statistic another name")
    if person.phases and person.phases[0].enter_when is not None:
        reading.problems.add(spot, f"{named!r} begins in the first phase, {person.phases[0].phase_id!r}: it needs no 'enter_when'")
    return person


def _phase(reading: Reading, person: str, named: str, node: Node) -> Phase:
    fields = reading.fields(node, "a phase")
    reading.want(f"person.{person}.phase.{named}.style", node.spot)
    adapter = fields.text("adapter", "")
    if adapter and not _ADAPTER.fullmatch(adapter):
        reading.problems.add(node.spot, f"{adapter!r} can't be an adapter's name: letters, digits and . _ -, at most 64")
    phase = Phase(
        phase_id=named,
        enter_when=reading.test(fields.node("enter_when")),
        leave_when=reading.test(fields.node("leave_when")),
        adapter=adapter or None,
    )
    fields.done()
    return phase


def _labels(reading: Reading, fields: Fields) -> dict[str, tuple[Effect, ...]]:
    """`labels: {moved: [effects]}`: what comes of how the person takes the player's words."""
    labels = {}
    for label, node in fields.entries("labels"):
        if label not in LABELS:
            reading.problems.unknown(node.spot, "label", label, LABELS)
        labels[label] = read_effects(reading, items(node))
    return labels


def _stay(reading: Reading, node: Node, days: int, slots_per_day: int) -> Stay:
    fields = reading.fields(node, "a stay")
    where, slot = fields.need("in"), fields.node("slot")
    place = None if where is None else reading.id(where, Kind.PLACE, also=("nowhere",))
    night = isinstance(slot, Scalar) and slot.text == "night"
    stay = Stay(
        day=fields.integer("day", default=0, minimum=1, maximum=days) or None,
        slot=slots_per_day + 1 if night else fields.integer("slot", minimum=1, maximum=slots_per_day),
        place=None if place == "nowhere" else place,
    )
    fields.done()
    return stay


def _topic(reading: Reading, person: str, named: str, node: Node) -> Topic:
    fields = reading.fields(node, "a topic")
    prefix = f"person.{person}.topic.{named}"
    reading.want(f"{prefix}.name", node.spot)
    lines = fields.node("lines")
    topic = Topic(
        topic_id=named,
        when=reading.test(fields.node("when")),
        once=fields.boolean("once", default=False),
        lines=reading.variants(lines, f"{prefix}.lines", f"{prefix}.line" if lines is None else None, node.spot),
        effects=read_effects(reading, fields.items("effects")),
    )
    fields.done()
    return topic


def _reaction(reading: Reading, person: str, node: Node) -> Reaction:
    """`{give: key, when, accepts, text, effects}`, or `show: key`, `persuade: topic`, `lie: topic`, `accuse: [clue]`; `any`: whatever."""
    fields = reading.fields(node, "a reaction")
    about = {verb: found for verb in _REACTED_TO if (found := fields.node(verb.value)) is not None}
    if len(about) != 1:
        reading.problems.add(node.spot, f"a reaction is to one of {', '.join(verb.value for verb in _REACTED_TO)}")
    verb, what = next(iter(about.items()), (Verb.GIVE, None))
    named = () if what is None else items(what)
    text = fields.text("text", "")
    reaction = Reaction(
        verb=verb,
        item=_or_any(reading.id(named[0], Kind.ITEM, also=(_ANY,))) if named and verb in (Verb.GIVE, Verb.SHOW) else None,
        topic=_or_any(reading.one_of(named[0], f"topic of {person}", (*reading.declared.person_topics[person], _ANY)))
        if named and verb in (Verb.PERSUADE, Verb.LIE)
        else None,
        clues=frozenset(reading.id(each, Kind.CLUE, also=(_ANY,)) for each in named if verb is Verb.ACCUSE) - {_ANY},
        when=reading.test(fields.node("when")),
        accepts=fields.boolean("accepts", default=True) if verb is Verb.GIVE else False,
        text=reading.want(f"person.{person}.reaction.{text}", node.spot) if text else None,
        effects=read_effects(reading, fields.items("effects")),
    )
    fields.done()
    return reaction


def _or_any(word: str) -> str | None:
    return None if word == _ANY else word
