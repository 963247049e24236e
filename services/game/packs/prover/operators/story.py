"""What comes with time and by itself: schedules, conditions, rules, the night, endings."""

from collections.abc import Iterator

from services.game.packs.prover.facts import (
    ANY,
    Growth,
    Happening,
    Holds,
    Operator,
    any_of,
    at,
    holds,
    is_,
)
from services.game.packs.prover.operators.effects import walks, who_bears
from services.game.packs.prover.operators.ground import Ground
from services.game.packs.prover.operators.making import operator
from services.game.packs.prover.operators.trees import ALWAYS
from services.game.rules.commands import Verb
from services.game.rules.events import EventKind
from services.game.rules.expressions import Name
from services.game.rules.state import PLAYER
from services.game.rules.story import EndingTrigger


def operators_of_time(ground: Ground) -> Iterator[Operator]:
    """What the clock brings."""
    kind = EventKind
    whenever = [Happening(kind.BEGAN, place=ground.pack.start), Happening(kind.WAITED), Happening(kind.TIME_PASSED, value=ANY)]
    yield from operator(ground, "", "waiting", (), verb=Verb.WAIT, happens=whenever)
    slept = [Happening(kind.SLEPT), Happening(kind.DAY_BEGAN, value=ANY), Happening(kind.NIGHT_FELL)]
    sleep_when = ground.pack.sleep_when.tree if ground.pack.sleep_when else ALWAYS
    yield from operator(ground, "", "sleeping", (sleep_when,), verb=Verb.SLEEP, happens=slept[:1])
    yield from operator(ground, "", "a day's end", (), verb=Verb.WAIT, happens=slept[1:])
    for person in ground.pack.people.values():
        well = is_(f"person.{person.person_id}.status", "well")
        for place in dict.fromkeys(stay.place for stay in person.schedule):
            gains = walks(ground, person.person_id, place)
            yield from operator(ground, person.person_id, f"the schedule of {person.person_id}", (well,), verb=Verb.WAIT, gains=gains)
    for key, condition in ground.pack.conditions.items():
        for bearer in (PLAYER, *ground.pack.people):
            name = f"condition.{key}" if bearer == PLAYER else f"person.{bearer}.under.{key}"
            ended = [Happening(EventKind.CONDITION_ENDED, subject=who_bears(bearer), object=key)]
            yield from operator(ground, key, f"under {key}", (Name(name),), effects=condition.each_turn, happens=ended)


def operators_of_story(ground: Ground) -> Iterator[Operator]:
    """Rules, the night, the endings."""
    for rule in ground.pack.rules:
        due = [holds(f"~due.{rule.rule_id}")] if any(trigger.kind is EventKind.DUE for trigger in rule.on) else []
        waits = [holds(f"~{rule.rule_id}.{number}") for number, each in enumerate(rule.on) if each.kind is not EventKind.DUE]
        needs = [any_of([*due, *waits])] if rule.on else []
        needs.append(rule.when.tree if rule.when else ALWAYS)
        gains = [Holds(f"rule.{rule.rule_id}", value=True)]
        gone = [f"rule.{rule.rule_id}"] if rule.once else []
        yield from operator(
            ground, rule.rule_id, f"the rule {rule.rule_id}", needs, gains=gains, effects=rule.effects, once=rule.once, reads=gone
        )
    for entry in ground.pack.night.agenda:
        awake = [is_(f"person.{entry.who}.status", "well")] if entry.who else []
        gains_: list[Holds | Growth] = [Holds(f"~agenda.{entry.entry_id}", value=True)]
        gains_ += walks(ground, entry.who, entry.at) if entry.who and entry.at else ()
        rivals = [each for each in ground.pack.night.agenda if each is entry or (each.who == entry.who and each.who is not None)]
        reads = {name for each in rivals if each.when is not None for name in each.when.reads}
        reads |= {f"~agenda.{each.entry_id}" for each in rivals if each.once}
        needs = [*awake, entry.when.tree if entry.when else ALWAYS]
        yield from operator(
            ground,
            entry.entry_id,
            f"the night's {entry.entry_id}",
            needs,
            verb=Verb.WAIT,
            gains=gains_,
            effects=entry.effects,
            once=entry.once,
            reads=reads,
        )
    for heard in ground.pack.night.overheard:
        near = {place for at_ in heard.at for place in (at_, *ground.pack.neighbours[at_])}
        needs = [any_of([at(place) for place in sorted(near)]), heard.when.tree if heard.when else ALWAYS]
        gains = [Holds(f"~overheard.{heard.entry_id}", value=True)]
        yield from operator(
            ground,
            heard.entry_id,
            f"overhearing {heard.entry_id}",
            needs,
            verb=Verb.LISTEN,
            gains=gains,
            effects=heard.effects,
            once=heard.once,
            reads=["player.hidden", *([f"~overheard.{heard.entry_id}"] if heard.once else [])],
        )
    for ending in ground.pack.endings.values():
        if ending.trigger is not None:
            needs = [ending.when.tree if ending.when else ALWAYS]
            verb = None if ending.trigger is EndingTrigger.ACTION else Verb.WAIT
            gains = [Holds(f"~ending.{ending.ending_id}", value=True)]
            yield from operator(ground, ending.ending_id, f"the ending {ending.ending_id}", needs, verb=verb, gains=gains)
