"""The clues, rules, conditions and endings of a pack, read from its files."""

from services.game.packs.consequences import read_effects
from services.game.packs.reading import NUMBER_MAX, Reading
from services.game.packs.source import Spot
from services.game.packs.triggers import read_triggers
from services.game.rules.commands import FREE_VERBS, Verb
from services.game.rules.effects import RevealClue
from services.game.rules.pack import Condition, Ending, EndingKind, EndingTrigger, Kind, Rule

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
