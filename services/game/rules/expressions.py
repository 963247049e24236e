"""Compiled expressions of a pack: callable on a state, and open to whoever reasons about them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from services.game.rules.state import State

Value = bool | int | str
"""What an expression can come to."""


@dataclass(frozen=True, slots=True)
class Name:
    """What the state says under a name, spelt as the author spells it: `flag.power`."""

    path: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written out."""

    value: Value


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Both:
    """Both hold."""

    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Either:
    """One of the two holds, or both do."""

    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Minus:
    """The number with its sign turned."""

    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers under `+ - * / %`; division goes towards zero."""

    sign: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values under `== != < <= > >=`."""

    sign: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Among:
    """Whether the value is one of the options."""

    left: "Tree"
    options: frozenset[Value]


Tree = Name | Constant | Not | Both | Either | Minus | Arithmetic | Compare | Among


@dataclass(frozen=True, slots=True)
class Test:
    """A condition: pure, total, cheap. `reads` are the names that its answer depends on, `fields` the fields of the state they are in."""

    tree: Tree
    reads: frozenset[str]
    fields: frozenset[str]
    holds: Callable[[State], bool] = field(compare=False)

    def __call__(self, state: State) -> bool:
        """Whether it holds."""
        return self.holds(state)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number: pure, total, cheap."""

    tree: Tree
    reads: frozenset[str]
    count: Callable[[State], int] = field(compare=False)

    def __call__(self, state: State) -> int:
        """The number."""
        return self.count(state)


NEVER = Test(tree=Constant(value=False), reads=frozenset(), fields=frozenset(), holds=lambda _state: False)
"""The condition that never holds."""


def names_in(tree: Tree) -> frozenset[str]:
    """The names that stand in the tree."""
    return frozenset(_names(tree))


def _names(tree: Tree) -> Iterator[str]:
    match tree:
        case Name(path):
            yield path
        case Not(operand) | Minus(operand):
            yield from _names(operand)
        case Both(left, right) | Either(left, right) | Arithmetic(_, left, right) | Compare(_, left, right):
            yield from _names(left)
            yield from _names(right)
        case Among(left, _):
            yield from _names(left)


_FIELD = re.compile(r"\bs\.([a-z]+)")


def fields_in(source: str) -> frozenset[str]:
    """The fields of the state `s` that a Python expression names."""
    return frozenset(_FIELD.findall(source))
