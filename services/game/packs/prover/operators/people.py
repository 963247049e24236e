"""What is done with people, and what they do by day."""

from collections.abc import Iterator

from services.game.packs.prover.facts import (
    ANY,
    Growth,
    Happening,
    Holds,
    Operator,
    all_of,
    any_of,
    at,
    carried,
    holds,
    is_,
    met,
)
from services.game.packs.prover.operators.ground import Ground
from services.game.packs.prover.operators.making import operator
from services.game.packs.prover.operators.places import examining
from services.game.packs.prover.operators.trees import ALWAYS
from services.game.rules.cast import Person, Reaction
from services.game.rules.commands import Verb
from services.game.rules.events import EventKind
from services.game.rules.expressions import Arithmetic, Constant, Name, Not, Tree, names_in
from services.game.rules.state import topic_key


def operators_of_person(ground: Ground, noun: Person) -> Iterator[Operator]:
    """All that is done with the person, and what comes of it."""
    person = noun.person_id
    awake = (met(person), is_(f"person.{person}.status", "well"))
    for place in sorted(ground.haunts[person]):
        needs = (is_(f"person.{person}.place", place), at(place), Not(is_(f"person.{person}.status", "missing")))
        yield from operator(ground, person, f"meeting {person} in {place}", needs, gains=[Holds(met(person).path, value=True)])
    yield from examining(ground, person, met(person), f"person.{person}.examined", None)
    talked = [Holds(f"person.{person}.talked", value=True)]
    happens = [Happening(EventKind.TALKED, subject=person)]
    yield from operator(ground, person, f"talking with {person}", awake, verb=Verb.TALK, gains=talked, happens=happens)
    for topic in noun.topics.values():
        told = f"person.{person}.told.{topic.topic_id}"
        has_line = any_of([variant.when.tree if variant.when else ALWAYS for variant in topic.lines])
        wants: list[Tree] = [*awake, topic.when.tree if topic.when else ALWAYS, has_line]
        happens = [Happening(EventKind.TALKED, subject=person, object=topic.topic_id)]
        yield from operator(
            ground,
            topic_key(person, topic.topic_id),
            f"talking with {person} about {topic.topic_id}",
            wants,
            verb=Verb.TALK,
            gains=[*talked, Holds(told, value=True)],
            happens=happens,
            effects=topic.effects,
            once=topic.once,
            reads=[told] if topic.once else (),
        )
    for reaction in noun.reactions:
        yield from _reaction(ground, noun, reaction, awake)
    for label, effects in noun.labels.items():
        verbs = {Verb.TALK: EventKind.TALKED, Verb.PERSUADE: EventKind.PERSUADED, Verb.LIE: EventKind.LIED}
        happens = [Happening(kind, subject=person) for kind in verbs.values()]
        yield from operator(
            ground, person, f"{person} taking words as {label}", awake, verb=Verb.TALK, happens=happens, effects=effects, labelled=True
        )
    if noun.schedule:
        happens = [Happening(EventKind.FOLLOWED, subject=person)]
        stays = [stay.place for stay in noun.schedule if stay.place is not None and 1 < stay.slot <= ground.pack.slots_per_day]
        gains = [Holds("player.place", place) for place in stays]
        yield from operator(ground, person, f"following {person}", awake, verb=Verb.FOLLOW, gains=gains, happens=happens)
    heard = [Happening(EventKind.HEARD, subject=person, object=ANY, place=ANY, value=ANY)]
    more = Arithmetic("+", Name(f"person.{person}.noticed"), Constant(1))
    noticed = [Growth(f"person.{person}.noticed", more, once=False)] if ground.pack.hears else []
    near = [f"person.{person}.place", "player.place", "player.hidden"]
    yield from operator(ground, person, f"being heard by {person}", awake[1:], gains=noticed, happens=heard, reads=near)
    all_phases = [each.tree for phase in noun.phases for each in (phase.enter_when, phase.leave_when) if each is not None]
    passing = frozenset({f"person.{person}.phase"}).union(*map(names_in, all_phases))
    for phase in noun.phases:
        phases: list[Tree] = [
            *((phase.enter_when.tree,) if phase.enter_when else ()),
            *((each.leave_when.tree for each in noun.phases if each.leave_when) if phase is noun.phases[0] else ()),
        ]
        gains = [Holds(f"person.{person}.phase", phase.phase_id)]
        happens = [Happening(EventKind.PHASE_CHANGED, subject=person, value=phase.phase_id)]
        for need in phases:
            yield from operator(
                ground, person, f"the phase {phase.phase_id} of {person}", (need,), gains=gains, happens=happens, reads=passing
            )


def _reaction(ground: Ground, noun: Person, reaction: Reaction, awake: tuple[Tree, ...]) -> Iterator[Operator]:
    person, when = noun.person_id, reaction.when.tree if reaction.when else ALWAYS
    rivals = [each.when.tree for each in noun.reactions if each.verb is reaction.verb and each.when is not None]
    reads = frozenset[str]().union(*map(names_in, rivals))
    label = f"{reaction.verb.value} to {person}"
    match reaction.verb:
        case Verb.GIVE | Verb.SHOW:
            for item in [reaction.item] if reaction.item is not None else [key for key, each in ground.pack.items.items() if each.portable]:
                kind = EventKind.GIVEN if reaction.verb is Verb.GIVE else EventKind.SHOWN
                gains = [Holds(f"item.{item}.place", person)] if reaction.verb is Verb.GIVE and reaction.accepts else []
                yield from operator(
                    ground,
                    person,
                    label,
                    (*awake, carried(item), when),
                    verb=reaction.verb,
                    on=f"{item}>{person}",
                    gains=gains,
                    happens=[Happening(kind, object=item, subject=person)],
                    effects=reaction.effects,
                    once=bool(gains),
                    reads=reads,
                )
        case Verb.PERSUADE | Verb.LIE:
            kind = EventKind.PERSUADED if reaction.verb is Verb.PERSUADE else EventKind.LIED
            topic = noun.topics.get(reaction.topic or "")
            needs = (*awake, when, topic.when.tree if topic is not None and topic.when is not None else ALWAYS)
            happens = [Happening(kind, subject=person, object=reaction.topic or ANY)]
            yield from operator(ground, person, label, needs, verb=reaction.verb, happens=happens, effects=reaction.effects, reads=reads)
        case _:
            learnt = [all_of([holds(f"clue.{clue}") for clue in sorted(reaction.clues)])] if reaction.clues else [_any_clue(ground)]
            happens = [Happening(EventKind.ACCUSED, subject=person)]
            reads |= {f"clue.{clue}" for each in noun.reactions if each.verb is Verb.ACCUSE for clue in each.clues}
            needs = (*awake, when, *learnt)
            yield from operator(ground, person, label, needs, verb=Verb.ACCUSE, happens=happens, effects=reaction.effects, reads=reads)


def _any_clue(ground: Ground) -> Tree:
    return any_of([holds(f"clue.{clue}") for clue in ground.pack.clues])
