"""Reading a mapping field by field: every fault is noted, and reading goes on with something harmless."""

import re
from collections.abc import Collection, Iterator
from typing import TypeVar

from services.game.packs.source import Mapping, Node, Problems, Scalar, Sequence, is_null

_WORD = TypeVar("_WORD", bound=str)
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_TRUTHS = {"true": True, "false": False}
_KINDS = {Scalar: "a word", Sequence: "a list", Mapping: "keys and values"}


class Fields:
    """A mapping that is read; `done` notes the keys that nobody asked for."""

    def __init__(self, node: Node, problems: Problems, what: str) -> None:
        self.problems = problems
        self.spot = node.spot
        self._what = what
        self._asked: set[str] = set()
        if not isinstance(node, Mapping) and not is_null(node):
            problems.add(node.spot, f"{what} is written as keys and values, not as {_KINDS[type(node)]}")
        self.mapping = node if isinstance(node, Mapping) else Mapping(spot=node.spot, entries={}, keys={})

    def node(self, key: str) -> Node | None:
        """What stands after the key; None where it is absent or empty."""
        self._asked.add(key)
        node = self.mapping.entries.get(key)
        return None if node is None or is_null(node) else node

    def need(self, key: str) -> Node | None:
        """What stands after the key; its absence is a fault."""
        node = self.node(key)
        if node is None:
            self.problems.add(self.spot, f"{self._what} needs {key!r}")
        return node

    def text(self, key: str, default: str | None = None) -> str:
        """The word after the key; without a default its absence is a fault."""
        node = self.need(key) if default is None else self.node(key)
        return (default or "") if node is None else scalar(node, self.problems, f"{key!r}").text

    def integer(self, key: str, *, default: int | None = None, minimum: int, maximum: int) -> int:
        """The number after the key, within bounds; without a default its absence is a fault."""
        node = self.need(key) if default is None else self.node(key)
        if node is None:
            return minimum if default is None else default
        return integer(node, self.problems, f"{key!r}", minimum, maximum)

    def boolean(self, key: str, *, default: bool) -> bool:
        """True or false."""
        node = self.node(key)
        return default if node is None else boolean(node, self.problems, f"{key!r}")

    def choice(self, key: str, options: Collection[_WORD], default: _WORD | None = None) -> _WORD:
        """One of the options; without a default its absence is a fault."""
        node = self.need(key) if default is None else self.node(key)
        fallback = next(iter(options)) if default is None else default
        if node is None:
            return fallback
        word = scalar(node, self.problems, f"{key!r}").text
        for option in options:
            if option == word:
                return option
        self.problems.unknown(node.spot, key, word, [str(option) for option in options])
        return fallback

    def items(self, key: str) -> tuple[Node, ...]:
        """The list after the key; a single value counts as a list of one, absence as none."""
        node = self.node(key)
        return () if node is None else items(node)

    def entries(self, key: str) -> Iterator[tuple[str, Node]]:
        """The keys and values after the key; absence counts as none."""
        node = self.node(key)
        if node is not None:
            inner = Fields(node, self.problems, f"{key!r}")
            yield from inner.mapping.entries.items()

    def done(self) -> None:
        """Note every key that was never asked for."""
        for key, spot in self.mapping.keys.items():
            if key not in self._asked:
                self.problems.unknown(spot, f"key of {self._what}", key, self._asked)


def items(node: Node) -> tuple[Node, ...]:
    """A list's items; a single value counts as a list of one."""
    return node.items if isinstance(node, Sequence) else (node,)


def scalar(node: Node, problems: Problems, what: str) -> Scalar:
    """The node, which has to be a word or a text."""
    if isinstance(node, Scalar):
        return node
    problems.add(node.spot, f"{what} is a word, not {_KINDS[type(node)]}")
    return Scalar(spot=node.spot, text="", quoted=True, content=None)


def integer(node: Node, problems: Problems, what: str, minimum: int, maximum: int) -> int:
    """The node, which has to be a whole number within bounds."""
    word = scalar(node, problems, what).text
    if _INTEGER.fullmatch(word) and minimum <= int(word) <= maximum:
        return int(word)
    problems.add(node.spot, f"{what} is a whole number from {minimum} to {maximum}, not {word!r}")
    return minimum


def boolean(node: Node, problems: Problems, what: str) -> bool:
    """The node, which has to be true or false."""
    word = scalar(node, problems, what).text
    if word not in _TRUTHS:
        problems.add(node.spot, f"{what} is true or false, not {word!r}")
    return _TRUTHS.get(word, False)
