"""What every part of a pack is read with: the declared names, the expressions, the texts that will be wanted."""

from dataclasses import dataclass, field

from services.game.packs.declared import Declared
from services.game.packs.expressions import Expressions
from services.game.packs.fields import Fields, items, scalar
from services.game.packs.source import Node, Problems, Scalar, Spot
from services.game.rules.expressions import Amount, Test
from services.game.rules.nouns import Kind, Statistic, Variant

NUMBER_MAX = 1_000_000


@dataclass(slots=True, kw_only=True)
class Reading:
    """The reading of one pack. `wanted` has the key of every text the pack needs, and where the need arises."""

    declared: Declared
    expressions: Expressions
    problems: Problems
    wanted: dict[str, Spot] = field(default_factory=dict)
    scheduled: dict[str, Spot] = field(default_factory=dict)
    """The rules that something schedules or cancels, and where."""
    schedules_unknown: bool = False
    """Whether something schedules a rule by a name that there is not: it may have meant any."""

    def fields(self, node: Node, what: str) -> Fields:
        """The node as a mapping that is read field by field."""
        return Fields(node, self.problems, what)

    def want(self, key: str, spot: Spot) -> str:
        """The key, of a text that every locale must have."""
        self.wanted.setdefault(key, spot)
        return key

    def test(self, node: Node | None) -> Test | None:
        """The condition that stands there; None where nothing does."""
        return None if node is None else self.expressions.test(scalar(node, self.problems, "a condition"))

    def amount(self, node: Node) -> Amount:
        """The number or expression that stands there."""
        return self.expressions.amount(scalar(node, self.problems, "a number"))

    def id(self, node: Node, *kinds: Kind, also: tuple[str, ...] = ()) -> str:
        """The id that stands there, of one of the kinds, or one of the other words; else a fault, and the first that there is."""
        word = scalar(node, self.problems, " or ".join(kinds)).text
        known = [*self.declared.of(*kinds), *also]
        if word in known:
            return word
        self.problems.unknown(node.spot, " or ".join(kinds), word, known)
        return known[0] if known else ""

    def ids(self, nodes: tuple[Node, ...], *kinds: Kind) -> tuple[str, ...]:
        """The ids that stand there."""
        return tuple(self.id(node, *kinds) for node in nodes)

    def due(self, node: Node) -> str:
        """The id that stands there, of a rule that can be scheduled: one that waits for `due`."""
        rule = self.id(node, Kind.RULE)
        if isinstance(node, Scalar) and node.text == rule:
            self.scheduled.setdefault(rule, node.spot)
        else:
            self.schedules_unknown = True
        return rule

    def one_of(self, node: Node, what: str, known: tuple[str, ...]) -> str:
        """The word that stands there, one of those known."""
        word = scalar(node, self.problems, what).text
        if word not in known:
            self.problems.unknown(node.spot, what, word, known)
        return word

    def variants(self, node: Node | None, prefix: str, otherwise: str | None, spot: Spot) -> tuple[Variant, ...]:
        """The texts of a list of `{when, text}`, then the one for all other cases; the keys are `<prefix>.<text>`."""
        variants = []
        for each in () if node is None else items(node):
            fields = self.fields(each, "a variant")
            when = self.test(fields.node("when"))
            variants.append(Variant(when=when, text=self.want(f"{prefix}.{fields.text('text')}", each.spot)))
            fields.done()
        if otherwise is not None:
            variants.append(Variant(when=None, text=self.want(otherwise, spot)))
        return tuple(variants)

    def statistics(self, fields: Fields, key: str) -> dict[str, Statistic]:
        """The bounded numbers under the key, each `{initial, min, max, cap, shown}`."""
        read = {}
        for named, node in fields.entries(key):
            each = self.fields(node, "a bounded number")
            minimum = each.integer("min", default=0, minimum=-NUMBER_MAX, maximum=NUMBER_MAX)
            maximum = each.integer("max", default=100, minimum=minimum, maximum=NUMBER_MAX)
            initial = each.integer("initial", default=minimum, minimum=minimum, maximum=maximum)
            cap, day_cap = (each.integer(name, default=0, minimum=1, maximum=NUMBER_MAX) or None for name in ("cap", "day_cap"))
            shown = each.boolean("shown", default=False)
            read[named] = Statistic(initial=initial, minimum=minimum, maximum=maximum, cap=cap, day_cap=day_cap, shown=shown)
            each.done()
        return read
