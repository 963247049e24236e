"""Expressions of a pack: parsed, type-checked, compiled once into closures over the state."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from lark import Lark, Token
from lark import Tree as LarkTree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from services.game.packs.errors import did_you_mean
from services.game.packs.source import Problems, Scalar
from services.game.packs.vocabulary import NUMBER, TRUTH, Name, Type
from services.game.rules import expressions as trees
from services.game.rules.expressions import NEVER, Amount, Constant, Test, Tree, Value, fields_in, names_in
from services.game.rules.state import State

_Children = list[LarkTree[Token] | Token]

_LENGTH_MAX = 500
_LITERALS = frozenset({"integer", "word", "true", "false"})
_ORDERINGS = frozenset({"<", "<=", ">", ">="})


def _divided(left: int, right: int) -> int:
    """As in CEL: towards zero."""
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _remainder(left: int, right: int) -> int:
    """As in CEL: with the sign of what is divided."""
    return abs(left) % abs(right) * (1 if left >= 0 else -1)


CALLED = {"/": "divided", "%": "remainder"}
"""The functions that two of the signs are, in the Python of an expression."""
_GLOBALS = {"__builtins__": {"len": len}, "divided": _divided, "remainder": _remainder}


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
    source: str
    """A Python expression over the state `s`."""

    @property
    def constant(self) -> Value | None:
        """Its value where it is written out."""
        return self.tree.value if isinstance(self.tree, Constant) else None


class Expressions:
    """The expressions of one pack; every fault is noted with its file, line and column."""

    def __init__(self, names: Mapping[str, Name], problems: Problems) -> None:
        self.names = names
        self._problems = problems
        self.used: set[str] = set()
        """The names that stand in the expressions compiled so far."""

    def test(self, source: Scalar) -> Test:
        """The condition; one that is never true, after a fault was noted."""
        part = self._compiled(source, TRUTH)
        if part is None:
            return NEVER
        return Test(part.tree, names_in(part.tree), fields_in(part.source), function_of(part.source))

    def amount(self, source: Scalar) -> Amount:
        """The number; 0, after a fault was noted."""
        part = self._compiled(source, NUMBER)
        if part is None:
            return Amount(Constant(0), frozenset(), lambda _state: 0)
        return Amount(part.tree, names_in(part.tree), function_of(part.source))

    def values(self, names: Iterable[str], state: State) -> dict[str, Value]:
        """What the declared names stand at in the state."""
        return {name: function_of(self.names[name].source)(state) for name in sorted(names)}

    def sum(self, name: str, more: Amount) -> Amount:
        """What the declared name stands at, and so much more."""
        tree = trees.Arithmetic("+", trees.Name(name), more.tree)
        now, count = function_of(self.names[name].source), more.count
        return Amount(tree, more.reads | {name}, lambda state: now(state) + count(state))

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
        name = self.names.get(str(token))
        if name is None:
            raise _Wrong(token.start_pos or 0, f"unknown name {str(token)!r}{did_you_mean(str(token), self.names)}")
        self.used.add(str(token))
        return _Part(name.type, trees.Name(str(token)), name.source)

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
        return _Part(TRUTH, trees.Not(part.tree), f"(not {part.source})")

    def _minus(self, children: _Children) -> _Part:
        part = self._number(children[0])
        return _Part(NUMBER, trees.Minus(part.tree), f"(-{part.source})")

    def _either(self, children: _Children) -> _Part:
        left, right = (self._of(child, TRUTH) for child in children)
        return _Part(TRUTH, trees.Either(left.tree, right.tree), f"({left.source} or {right.source})")

    def _both(self, children: _Children) -> _Part:
        left, right = (self._of(child, TRUTH) for child in children)
        return _Part(TRUTH, trees.Both(left.tree, right.tree), f"({left.source} and {right.source})")

    def _arithmetic(self, children: _Children) -> _Part:
        left, sign, right = self._number(children[0]), str(children[1]), self._number(children[2])
        if sign in "/%" and not right.constant:
            raise _Wrong(_offset(_tree(children[2])), f"what stands after {sign} is a number written out, and not 0")
        source = f"({left.source} {sign} {right.source})" if sign in "+-*" else f"{CALLED[sign]}({left.source}, {right.source})"
        return _Part(NUMBER, trees.Arithmetic(sign, left.tree, right.tree), source)

    def _compare(self, children: _Children) -> _Part:
        left, sign, right = self._part(_tree(children[0])), str(children[1]), self._part(_tree(children[2]))
        if sign in _ORDERINGS:
            self._number(children[0]), self._number(children[2])
        else:
            _check_alike(left, right, _offset(_tree(children[2])))
        return _Part(TRUTH, trees.Compare(sign, left.tree, right.tree), f"({left.source} {sign} {right.source})")

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
        source = f"({left.source} in ({''.join(f'{constant!r}, ' for constant in sorted(constants))}))"
        return _Part(TRUTH, trees.Among(left.tree, frozenset(constants)), source)


@lru_cache(maxsize=4096)
def function_of(source: str) -> Callable[[State], Any]:  # Any: what the expression's type is, which the compiler has checked
    """The expression as a function of the state: one code object, not a closure for each of its parts, as the rules ask it often."""
    # Nothing of an author's text gets into the source: names are looked up, words and numbers are written by repr().
    function: Callable[[State], Any] = eval(f"lambda s: {source}", dict(_GLOBALS))  # noqa: S307 (see above)
    return function


@cache
def _parser() -> Lark:
    grammar = resources.files(__package__ or "").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True)


_MEANT = {"and": "&&", "or": "||", "not": "!"}
"""How CEL spells what authors know from elsewhere."""


@lru_cache(maxsize=4096)
def _parsed(text: str) -> LarkTree[Token]:
    try:
        return _tree(_parser().parse(text))
    except UnexpectedCharacters as error:
        hint = " (write == to compare)" if error.char == "=" else ""
        raise _Wrong(error.pos_in_stream or 0, f"{error.char!r} can't stand here{hint}") from None
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise _Wrong(len(text), "the expression breaks off") from None
        meant = _MEANT.get(str(error.token))
        hint = f" (write {meant})" if meant else ""
        raise _Wrong(error.token.start_pos or 0, f"{str(error.token)!r} can't stand here{hint}") from None
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
    value: Value
    if node.data in ("true", "false"):
        value, kind = node.data == "true", TRUTH
    elif node.data == "integer":
        value, kind = int(str(node.children[0])), NUMBER
    else:
        value = str(node.children[0])[1:-1]
        kind = Type(f"the word {value!r}", frozenset({value}))
    return _Part(kind, Constant(value), repr(value))


def _check_alike(left: _Part, right: _Part, offset: int) -> None:
    """Two truths, two numbers, or two words that can be the same."""
    if left.type == right.type or left.type.words & right.type.words:
        return
    if left.type.words and isinstance(right.constant, str):
        raise _Wrong(offset, f"{right.constant!r} is never {left.type.name}{did_you_mean(right.constant, left.type.words)}")
    raise _Wrong(offset, f"{left.type.name} and {right.type.name} are never equal")
