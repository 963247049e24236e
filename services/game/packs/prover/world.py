"""A world in which nothing is ever undone: for each name, all that it could ever be."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.game.rules.expressions import (
    Among,
    Arithmetic,
    Both,
    Compare,
    Constant,
    Either,
    Minus,
    Name,
    Not,
    Tree,
    Value,
)
from services.game.rules.state import PLAYER

Bounds = tuple[float, float]
"""The least and the greatest that a number could be."""
_ALL: Bounds = (float("-inf"), float("inf"))


@dataclass(slots=True)
class World:
    """What could be. `words` has the possible values of words and truths, `bounds` those of numbers. Both only ever grow."""

    words: dict[str, set[Value]] = field(default_factory=dict)
    bounds: dict[str, Bounds] = field(default_factory=dict)

    def can(self, tree: Tree, *, be: bool = True) -> bool:
        """Whether the condition could be so, as far as each name by itself goes: no means never, yes means perhaps."""
        match tree:
            case Constant(value):
                return value is be
            case Not(operand):
                return self.can(operand, be=not be)
            case Both(left, right) if be:
                return self.can(left) and self.can(right) and not contradicts(tree)
            case Both(left, right):
                return self.can(left, be=False) or self.can(right, be=False)
            case Either(left, right):
                return self.can(left) or self.can(right) if be else self.can(left, be=False) and self.can(right, be=False)
            case Among(left, options):
                return self._among(left, options, be=be)
            case Compare(sign, left, right):
                return self._compared(sign if be else _CONTRARY[sign], left, right)
        return be in self.values(tree)

    def _among(self, left: Tree, options: frozenset[Value], *, be: bool) -> bool:
        if self._is_number(left):
            low, high = self.number(left)
            return not be or any(low <= int(option) <= high for option in options)
        known = self.values(left)
        return bool(known & options) if be else bool(known - options)

    def values(self, tree: Tree) -> set[Value]:
        """The possible values of a word or truth; of a number written in a list, those within its bounds."""
        match tree:
            case Constant(value):
                return {value}
            case Name(path):
                return self._derived(path) or self.words.get(path, set())
        return {value for value in (True, False) if self.can(tree, be=value)}

    def number(self, tree: Tree) -> Bounds:
        """The bounds of a number."""
        match tree:
            case Constant(value):
                return (float(value), float(value)) if isinstance(value, int) else _ALL
            case Name(path):
                return self.bounds.get(path, _ALL)
            case Minus(operand):
                low, high = self.number(operand)
                return -high, -low
            case Arithmetic(sign, left, right):
                return _combined(sign, self.number(left), self.number(right))
        return _ALL

    def _compared(self, sign: str, left: Tree, right: Tree) -> bool:
        if not self._is_number(left):
            one, other = self.values(left), self.values(right)
            return bool(one & other) if sign == "==" else len(one | other) > 1
        (low, high), (least, most) = self.number(left), self.number(right)
        return {
            "==": low <= most and least <= high,
            "!=": not low == high == least == most,
            "<": low < most,
            "<=": low <= most,
            ">": high > least,
            ">=": high >= least,
        }[sign]

    def _is_number(self, tree: Tree) -> bool:
        match tree:
            case Constant(value):
                return isinstance(value, int) and not isinstance(value, bool)
            case Name(path):
                return path in self.bounds
            case Minus() | Arithmetic():
                return True
        return False

    def _derived(self, path: str) -> set[Value]:
        """The values of a name that follows from others; none where it stands for itself."""
        kind, _, rest = path.partition(".")
        named, _, aspect = rest.rpartition(".")
        if kind == "item" and aspect == "carried":
            return {where == PLAYER for where in self.words[f"item.{named}.place"]}
        if kind == "person" and aspect in ("here", "sees"):
            theirs, ours = self.words[f"person.{named}.place"], self.words["player.place"]
            well = aspect == "here" or "well" in self.words[f"person.{named}.status"]
            apart = aspect == "sees" or len(theirs | ours) > 1
            return _truths(can=bool(theirs & ours) and well, can_not=apart)
        return set()


def contradicts(tree: Tree) -> bool:
    """Whether parts of the condition that must hold together rule each other out: two places at once, more than 5 and less than 3."""
    words: dict[str, set[Value]] = {}
    bounds: dict[str, Bounds] = {}
    for name, sign, value in _demands(tree):
        if isinstance(value, int) and not isinstance(value, bool):
            low, high = bounds.get(name, _ALL)
            bounds[name] = (max(low, value + (sign == ">")), high) if sign in (">", ">=") else (low, min(high, value - (sign == "<")))
            bounds[name] = (max(low, value), min(high, value)) if sign == "==" else bounds[name]
        elif sign == "==":
            words.setdefault(name, set()).add(value)
    return any(len(values) > 1 for values in words.values()) or any(low > high for low, high in bounds.values())


def _demands(tree: Tree) -> Iterator[tuple[str, str, Value]]:
    """What the condition demands of single names, without a choice."""
    match tree:
        case Both(left, right):
            yield from _demands(left)
            yield from _demands(right)
        case Name(path):
            yield path, "==", True
        case Not(Name(path)):
            yield path, "==", False
        case Compare(sign, Name(path), Constant(value)) if sign != "!=":
            yield path, sign, value


def _truths(*, can: bool, can_not: bool) -> set[Value]:
    truths: set[Value] = set()
    return truths | ({True} if can else set()) | ({False} if can_not else set())


_CONTRARY = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _combined(sign: str, one: Bounds, other: Bounds) -> Bounds:
    if sign == "+":
        return one[0] + other[0], one[1] + other[1]
    if sign == "-":
        return one[0] - other[1], one[1] - other[0]
    if sign == "*" and _ALL[0] not in (*one, *other) and _ALL[1] not in (*one, *other):
        products = [left * right for left in one for right in other]
        return min(products), max(products)
    return _ALL
