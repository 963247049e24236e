"""The people of a pack, read from its files."""

import re

from services.game.packs.consequences import read_effects
from services.game.packs.fields import items
from services.game.packs.reading import Reading
from services.game.packs.source import Node
from services.game.rules.commands import Verb
from services.game.rules.pack import Kind, Person, Phase, Reaction, Stay, Topic
from services.game.rules.state import Status

SPEECH_LEVELS = ("polite", "plain")
"""존댓말 and 반말."""
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
        knows=frozenset(reading.ids(fields.items("knows"), Kind.CLUE)),
    )
    fields.done()
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


def _stay(reading: Reading, node: Node, days: int, slots_per_day: int) -> Stay:
    fields = reading.fields(node, "a stay")
    where = fields.need("in")
    place = None if where is None else reading.id(where, Kind.PLACE, also=("nowhere",))
    stay = Stay(
        day=fields.integer("day", default=0, minimum=1, maximum=days) or None,
        slot=fields.integer("slot", minimum=1, maximum=slots_per_day),
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
    """`{give: key, when, accepts, text, effects}` or `{show: …}`; `any` stands for whatever it is."""
    fields = reading.fields(node, "a reaction")
    given, shown = fields.node("give"), fields.node("show")
    about = given or shown
    if about is None or (given is not None and shown is not None):
        reading.problems.add(node.spot, "a reaction is to 'give' or to 'show', one of them")
    item = "any" if about is None else reading.id(items(about)[0], Kind.ITEM, also=("any",))
    text = fields.text("text", "")
    reaction = Reaction(
        verb=Verb.SHOW if given is None else Verb.GIVE,
        item=None if item == "any" else item,
        when=reading.test(fields.node("when")),
        accepts=fields.boolean("accepts", default=given is not None),
        text=reading.want(f"person.{person}.reaction.{text}", node.spot) if text else None,
        effects=read_effects(reading, fields.items("effects")),
    )
    fields.done()
    return reaction
