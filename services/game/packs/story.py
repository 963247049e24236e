"""The clues, rules, conditions and endings of a pack, read from its files."""

from services.game.packs.consequences import read_effects
from services.game.packs.reading import NUMBER_MAX, Reading
from services.game.packs.source import Node, Spot
from services.game.packs.triggers import read_triggers
from services.game.rules.commands import FREE_VERBS, Verb
from services.game.rules.effects import RevealClue
from services.game.rules.events import EventKind
from services.game.rules.nouns import Kind
from services.game.rules.story import (
    AgendaEntry,
    Condition,
    Ending,
    EndingKind,
    EndingTrigger,
    Lore,
    LoreEntry,
    Night,
    Overheard,
    Rule,
    Stacking,
)

_STRENGTH_MAX = 9
_LORE_BUDGET = 600
_BLOCKABLE = tuple(verb for verb in Verb if verb not in FREE_VERBS)


def read_clues(reading: Reading) -> tuple[Rule, ...]:
    """What can be known; a clue with `on` or `when` is learnt by a rule of its own, others only by effects."""
    rules = []
    for named in reading.declared.of(Kind.CLUE):
        fields, spot = reading.fields(reading.declared.bodies[named], "a clue"), reading.declared.spots[named]
        reading.want(f"clue.{named}.name", spot)
        reading.want(f"clue.{named}.text", spot)
        on, when = read_triggers(reading, fields.items("on")), reading.test(fields.node("when"))
        if on or when is not None:
            learn = RevealClue(clue=named, source=None)
            rules.append(Rule(rule_id=named, on=on, when=when, effects=(learn,), once=True, priority=0))
        fields.done()
    return tuple(rules)


def read_rules(reading: Reading) -> tuple[Rule, ...]:
    """The rules, in the files' order."""
    rules = []
    for named in reading.declared.of(Kind.RULE):
        fields = reading.fields(reading.declared.bodies[named], "a rule")
        rule = Rule(
            rule_id=named,
            on=read_triggers(reading, fields.items("on")),
            when=reading.test(fields.node("when")),
            effects=read_effects(reading, fields.items("effects")),
            once=fields.boolean("once", default=True),
            priority=fields.integer("priority", default=0, minimum=-NUMBER_MAX, maximum=NUMBER_MAX),
        )
        if not rule.on and rule.when is None:
            reading.problems.add(reading.declared.spots[named], "a rule needs 'on', 'when' or both: else it would never wait for anything")
        fields.done()
        rules.append(rule)
    return tuple(rules)


def check_scheduled(reading: Reading, rules: tuple[Rule, ...]) -> None:
    """Note rules that are scheduled and don't wait for it, and rules that wait and are never scheduled."""
    waiting = {rule.rule_id for rule in rules if any(trigger.kind is EventKind.DUE for trigger in rule.on)}
    for rule, spot in reading.scheduled.items():
        if rule not in waiting:
            reading.problems.add(spot, f"the rule {rule!r} is scheduled, so it needs 'on: [due]'")
    for rule in () if reading.schedules_unknown else sorted(waiting - reading.scheduled.keys()):
        reading.problems.add(reading.declared.spots[rule], f"the rule {rule!r} waits to be due, and nothing schedules it")


def read_night(reading: Reading, top: Node) -> Night:
    """What happens by night, and what can be overheard."""
    fields = reading.fields(top, "night.yaml")
    fields.node("agenda"), fields.node("overheard")
    fields.done()
    agenda = [_agenda_entry(reading, named) for named in reading.declared.of(Kind.AGENDA)]
    overheard = tuple(_overheard(reading, named) for named in reading.declared.of(Kind.OVERHEARD))
    return Night(agenda=tuple(sorted(agenda, key=lambda entry: -entry.priority)), overheard=overheard)


def _agenda_entry(reading: Reading, named: str) -> AgendaEntry:
    fields = reading.fields(reading.declared.bodies[named], "an entry of the agenda")
    who, at = fields.node("who"), fields.node("at")
    entry = AgendaEntry(
        entry_id=named,
        who=None if who is None else reading.id(who, Kind.PERSON),
        at=None if at is None else reading.id(at, Kind.PLACE),
        when=reading.test(fields.node("when")),
        priority=fields.integer("priority", default=0, minimum=-NUMBER_MAX, maximum=NUMBER_MAX),
        once=fields.boolean("once", default=False),
        effects=read_effects(reading, fields.items("effects")),
    )
    fields.done()
    return entry


def _overheard(reading: Reading, named: str) -> Overheard:
    fields = reading.fields(reading.declared.bodies[named], "what is overheard")
    fields.need("at")
    heard = Overheard(
        entry_id=named,
        at=reading.ids(fields.items("at"), Kind.PLACE),
        when=reading.test(fields.node("when")),
        once=fields.boolean("once", default=True),
        effects=read_effects(reading, fields.items("effects")),
    )
    fields.done()
    return heard


def read_lore(reading: Reading, top: Node) -> Lore:
    """The background that tellers are given."""
    fields = reading.fields(top, "lore.yaml")
    budget = fields.integer("budget", default=_LORE_BUDGET, minimum=1, maximum=NUMBER_MAX)
    fields.node("entries")
    fields.done()
    entries = [_lore_entry(reading, named) for named in reading.declared.of(Kind.LORE)]
    return Lore(budget=budget, entries=tuple(sorted(entries, key=lambda entry: -entry.priority)))


def _lore_entry(reading: Reading, named: str) -> LoreEntry:
    fields = reading.fields(reading.declared.bodies[named], "an entry of the lore")
    place = fields.node("place")
    reading.want(f"lore.{named}.text", reading.declared.spots[named])
    entry = LoreEntry(
        entry_id=named,
        when=reading.test(fields.node("when")),
        place=None if place is None else reading.id(place, Kind.PLACE),
        priority=fields.integer("priority", default=0, minimum=-NUMBER_MAX, maximum=NUMBER_MAX),
    )
    fields.done()
    return entry


def read_conditions(reading: Reading) -> dict[str, Condition]:
    """What the player and people can be under."""
    conditions = {}
    for named in reading.declared.of(Kind.CONDITION):
        fields = reading.fields(reading.declared.bodies[named], "a condition")
        reading.want(f"condition.{named}.name", reading.declared.spots[named])
        blocked = tuple(reading.one_of(node, "verb that spends a turn", _BLOCKABLE) for node in fields.items("blocks"))
        conditions[named] = Condition(
            condition_id=named,
            blocks=frozenset(verb for verb in _BLOCKABLE if verb in blocked),
            turns=fields.integer("turns", default=0, minimum=0, maximum=NUMBER_MAX),
            shown=fields.boolean("shown", default=True),
            stacks=fields.choice("stacks", tuple(Stacking), Stacking.REFRESH),
            most=fields.integer("most", default=_STRENGTH_MAX, minimum=1, maximum=NUMBER_MAX),
            each_turn=read_effects(reading, fields.items("each_turn")),
        )
        fields.done()
    return conditions


def read_endings(reading: Reading) -> dict[str, Ending]:
    """The ways the game comes out, the highest priority first; one of them must be left when time runs out."""
    endings = []
    for named in reading.declared.of(Kind.ENDING):
        fields, spot = reading.fields(reading.declared.bodies[named], "an ending"), reading.declared.spots[named]
        reading.want(f"ending.{named}.name", spot)
        reading.want(f"ending.{named}.epilogue", spot)
        triggered = fields.node("trigger") is not None
        ending = Ending(
            ending_id=named,
            kind=fields.choice("kind", tuple(EndingKind)),
            trigger=fields.choice("trigger", tuple(EndingTrigger)) if triggered else None,
            when=reading.test(fields.node("when")),
            priority=fields.integer("priority", default=0, minimum=-NUMBER_MAX, maximum=NUMBER_MAX),
            earned=fields.boolean("earned", default=False),
        )
        if ending.when is None and ending.trigger not in (None, EndingTrigger.TIME):
            reading.problems.add(spot, f"an ending looked for at each {ending.trigger} needs a 'when'")
        if ending.when is not None and ending.trigger is None:
            reading.problems.add(spot, "an ending with 'when' needs a 'trigger': action, tick, night or time")
        fields.done()
        endings.append(ending)
    if not any(ending.trigger is EndingTrigger.TIME and ending.when is None for ending in endings):
        top = Spot(file="endings.yaml", line=1, column=1)
        reading.problems.add(top, "one ending must be left when time runs out: 'trigger: time' without 'when'")
    return {ending.ending_id: ending for ending in sorted(endings, key=lambda ending: -ending.priority)}
