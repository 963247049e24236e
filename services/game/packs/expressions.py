"""Expressions of a pack: parsed, type-checked, compiled once into closures over the state."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lark import Lark, Token
from lark import Tree as LarkTree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from services.game.packs.errors import did_you_mean
from services.game.packs.source import Problems, Scalar
from services.game.packs.vocabulary import NUMBER, TRUTH, Getter, Name, Type
from services.game.rules import expressions as trees
from services.game.rules.expressions import NEVER, Amount, Constant, Test, Tree, Value, names_in
from services.game.rules.state import State

_Children = list[LarkTree[Token] | Token]

_LENGTH_MAX = 500
_LITERALS = frozenset({"integer", "word", "true", "false"})
OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    # As in CEL: towards zero, the remainder with the sign of what is divided.
    "/": lambda left, right: abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1),
    "%": lambda left, right: abs(left) % abs(right) * (1 if left >= 0 else -1),
}
"""What the signs of `Arithmetic` do."""
ORDERINGS: dict[str, Callable[[int, int], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
"""What the orderings of `Compare` say."""


class _Wrong(Exception):  # noqa: N818 (it never leaves this module)
    """What is wrong with an expression, and how many characters into it."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled part."""

    type: Type
    tree: Tree
    get: Getter

    @property
    def constant(self) -> Value | None:
        """Its value where it is written out."""
        return self.tree.value if isinstance(self.tree, Constant) else None


class Expressions:
    """The expressions of one pack; every fault is noted with its file, line and column."""

    def __init__(self, names: Mapping[str, Name], problems: Problems) -> None:
        self._names = names
        self._problems = problems
        self.used: set[str] = set()
        """The names that stand in the expressions compiled so far."""

    def test(self, source: Scalar) -> Test:
        """The condition; one that is never true, after a fault was noted."""
        part = self._compiled(source, TRUTH)
        if part is None:
            return NEVER
        get = part.get
        return Test(part.tree, names_in(part.tree), lambda state: bool(get(state)))

    def amount(self, source: Scalar) -> Amount:
        """The number; 0, after a fault was noted."""
        part = self._compiled(source, NUMBER)
        if part is None:
            return Amount(Constant(0), frozenset(), lambda _state: 0)
        get = part.get
        return Amount(part.tree, names_in(part.tree), lambda state: int(get(state)))

    def sum(self, name: str, more: Amount) -> Amount:
        """What the declared name stands at, and so much more."""
        get, count = self._names[name].get, more.count
        return Amount(trees.Arithmetic("+", trees.Name(name), more.tree), more.reads | {name}, lambda state: int(get(state)) + count(state))

    def _compiled(self, source: Scalar, wanted: Type) -> _Part | None:
        try:
            if len(source.text) > _LENGTH_MAX:
                raise _Wrong(0, f"an expression has at most {_LENGTH_MAX} characters")
            part = self._part(_parsed(source.text))
            if part.type != wanted:
                raise _Wrong(0, f"{wanted.name} is wanted here, and this is {part.type.name}")
        except _Wrong as wrong:
            self._problems.add(source.spot if source.content is None else source.content.right(wrong.offset), wrong.message)
            return None
        return part

    def _part(self, node: LarkTree[Token]) -> _Part:
        if node.data in _LITERALS:
            return _literal(node)
        if node.data == "list":
            raise _Wrong(_offset(node), "a list stands only after 'in'")
        compilers = {
            "name": self._name,
            "negate": self._negate,
            "minus": self._minus,
            "either": self._either,
            "both": self._both,
            "arithmetic": self._arithmetic,
            "compare": self._compare,
            "membership": self._membership,
        }
        return compilers[node.data](node.children)

    def _name(self, children: _Children) -> _Part:
        token = _token(children[0])
        name = self._names.get(str(token))
        if name is None:
            raise _Wrong(token.start_pos or 0, f"unknown name {str(token)!r}{did_you_mean(str(token), self._names)}")
        self.used.add(str(token))
        return _Part(name.type, trees.Name(str(token)), name.get)

    def _of(self, child: LarkTree[Token] | Token, wanted: Type) -> _Part:
        node = _tree(child)
        part = self._part(node)
        if part.type != wanted:
            raise _Wrong(_offset(node), f"{wanted.name} is wanted here, and this is {part.type.name}")
        return part

    def _number(self, child: LarkTree[Token] | Token) -> _Part:
        return self._of(child, NUMBER)

    def _negate(self, children: _Children) -> _Part:
        part = self._of(children[0], TRUTH)
        get = part.get
        return _Part(TRUTH, trees.Not(part.tree), lambda state: not get(state))

    def _minus(self, children: _Children) -> _Part:
        part = self._number(children[0])
        get = part.get
        return _Part(NUMBER, trees.Minus(part.tree), lambda state: -int(get(state)))

    def _either(self, children: _Children) -> _Part:
        one, other = (self._of(child, TRUTH) for child in children)
        left, right = one.get, other.get
        return _Part(TRUTH, trees.Either(one.tree, other.tree), lambda state: bool(left(state) or right(state)))

    def _both(self, children: _Children) -> _Part:
        one, other = (self._of(child, TRUTH) for child in children)
        left, right = one.get, other.get
        return _Part(TRUTH, trees.Both(one.tree, other.tree), lambda state: bool(left(state) and right(state)))

    def _arithmetic(self, children: _Children) -> _Part:
        left, sign, right = self._number(children[0]), str(children[1]), self._number(children[2])
        if sign in "/%" and not right.constant:
            raise _Wrong(_offset(_tree(children[2])), f"what stands after {sign} is a number written out, and not 0")
        do, one, other = OPERATORS[sign], left.get, right.get
        return _Part(NUMBER, trees.Arithmetic(sign, left.tree, right.tree), lambda state: do(int(one(state)), int(other(state))))

    def _compare(self, children: _Children) -> _Part:
        left, sign, right = self._part(_tree(children[0])), str(children[1]), self._part(_tree(children[2]))
        tree = trees.Compare(sign, left.tree, right.tree)
        if sign in ORDERINGS:
            left, right = self._number(children[0]), self._number(children[2])
            order, one, other = ORDERINGS[sign], left.get, right.get
            return _Part(TRUTH, tree, lambda state: order(int(one(state)), int(other(state))))
        _check_alike(left, right, _offset(_tree(children[2])))
        return _Part(TRUTH, tree, _equality(left, right, equal=sign == "=="))

    def _membership(self, children: _Children) -> _Part:
        left, options = self._part(_tree(children[0])), _tree(children[1])
        if options.data != "list":
            raise _Wrong(_offset(options), "after 'in' stands a list: ['a', 'b']")
        constants: set[Value] = set()
        for child in options.children:
            option = self._part(_tree(child))
            if option.constant is None:
                raise _Wrong(_offset(_tree(child)), "a list holds words or numbers written out")
            _check_alike(left, option, _offset(_tree(child)))
            constants.add(option.constant)
        get, members = left.get, frozenset(constants)
        return _Part(TRUTH, trees.Among(left.tree, members), lambda state: get(state) in members)


@cache
def _parser() -> Lark:
    grammar = resources.files(__package__ or "").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True)


def _parsed(text: str) -> LarkTree[Token]:
    try:
        return _tree(_parser().parse(text))
    except UnexpectedCharacters as error:
        raise _Wrong(error.pos_in_stream or 0, f"{error.char!r} can't stand here") from None
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise _Wrong(len(text), "the expression breaks off") from None
        raise _Wrong(error.token.start_pos or 0, f"{str(error.token)!r} can't stand here") from None
    except UnexpectedInput as error:
        raise _Wrong(error.pos_in_stream or 0, "this is no expression") from None


def _tree(node: LarkTree[Token] | Token) -> LarkTree[Token]:
    assert isinstance(node, LarkTree), "the grammar names every leaf"
    return node


def _token(node: LarkTree[Token] | Token) -> Token:
    assert isinstance(node, Token), "the grammar has a leaf here"
    return node


def _offset(node: LarkTree[Token]) -> int:
    return 0 if node.meta.empty else node.meta.start_pos


def _literal(node: LarkTree[Token]) -> _Part:
    if node.data in ("true", "false"):
        truth = node.data == "true"
        return _Part(TRUTH, Constant(truth), lambda _state: truth)
    token = str(node.children[0])
    if node.data == "integer":
        number = int(token)
        return _Part(NUMBER, Constant(number), lambda _state: number)
    word = token[1:-1]
    return _Part(Type(f"the word {word!r}", frozenset({word})), Constant(word), lambda _state: word)


def _check_alike(left: _Part, right: _Part, offset: int) -> None:
    """Two truths, two numbers, or two words that can be the same."""
    if left.type == right.type or left.type.words & right.type.words:
        return
    if left.type.words and isinstance(right.constant, str):
        raise _Wrong(offset, f"{right.constant!r} is never {left.type.name}{did_you_mean(right.constant, left.type.words)}")
    raise _Wrong(offset, f"{left.type.name} and {right.type.name} are never equal")


def _equality(left: _Part, right: _Part, *, equal: bool) -> Callable[[State], bool]:
    one, other, constant = left.get, right.get, right.constant
    if constant is not None:
        return (lambda state: one(state) == constant) if equal else (lambda state: one(state) != constant)
    return (lambda state: one(state) == other(state)) if equal else (lambda state: one(state) != other(state))
