"""YAML with its positions: what a pack's files say, and where."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from services.game.packs.errors import PackError, did_you_mean

_DEPTH_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a pack's file; line and column count from 1."""

    file: str
    line: int
    column: int

    def right(self, characters: int) -> "Spot":
        """The spot so many characters further right on the same line."""
        return Spot(file=self.file, line=self.line, column=self.column + characters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A word, number or text. `content` is where its own characters begin; None where they are on lines of their own."""

    spot: Spot
    text: str
    quoted: bool
    content: Spot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list."""

    spot: Spot
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Keys and what they stand before, in the file's order."""

    spot: Spot
    entries: dict[str, "Node"]
    keys: dict[str, Spot]


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class Problems:
    """The faults found so far."""

    errors: list[PackError] = field(default_factory=list)

    def add(self, spot: Spot, message: str) -> None:
        """Note a fault."""
        self.errors.append(PackError(spot.file, spot.line, spot.column, message))

    def unknown(self, spot: Spot, what: str, wrong: str, known: Iterable[str]) -> None:
        """Note a name that nothing has, with the one that was probably meant."""
        self.add(spot, f"no {what} is called {wrong!r}{did_you_mean(wrong, known)}")


def parse(file: str, text: str, problems: Problems) -> Mapping:
    """What the file says: a mapping, empty where the file is empty or broken (which is noted)."""
    top = Spot(file=file, line=1, column=1)
    nothing = Mapping(spot=top, entries={}, keys={})
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = top if mark is None else Spot(file=file, line=mark.line + 1, column=mark.column + 1)
        problems.add(spot, f"this is no YAML: {error.problem or error.context}")
        return nothing
    except YAMLError as error:
        problems.add(top, f"this is no YAML: {error}")
        return nothing
    if root is None:
        return nothing
    node = _convert(file, root, problems, 0)
    if not isinstance(node, Mapping):
        problems.add(node.spot, "a pack's file holds keys and values, not a list or a word")
        return nothing
    return node


def is_null(node: Node) -> bool:
    """Whether nothing stands there."""
    return isinstance(node, Scalar) and not node.quoted and node.text in ("", "~", "null")


def _spot(file: str, mark: object) -> Spot:
    return Spot(file=file, line=int(getattr(mark, "line", 0)) + 1, column=int(getattr(mark, "column", 0)) + 1)


def _convert(file: str, node: object, problems: Problems, depth: int) -> Node:
    spot = _spot(file, getattr(node, "start_mark", None))
    if getattr(node, "anchor", None) is not None:
        problems.add(spot, "anchors and aliases are not for packs: write it out")
        return Scalar(spot=spot, text="", quoted=False, content=None)
    if depth > _DEPTH_MAX:
        problems.add(spot, f"nested more than {_DEPTH_MAX} deep")
        return Scalar(spot=spot, text="", quoted=False, content=None)
    if isinstance(node, MappingNode):
        return _convert_mapping(file, node, problems, depth)
    if isinstance(node, SequenceNode):
        return Sequence(spot=spot, items=tuple(_convert(file, item, problems, depth + 1) for item in node.value))
    assert isinstance(node, ScalarNode), "YAML has three kinds of node"
    quoted = node.style in ("'", '"')
    one_line = node.style not in ("|", ">") and node.start_mark.line == node.end_mark.line
    return Scalar(spot=spot, text=node.value, quoted=node.style is not None, content=spot.right(int(quoted)) if one_line else None)


def _convert_mapping(file: str, node: MappingNode, problems: Problems, depth: int) -> Mapping:
    entries: dict[str, Node] = {}
    keys: dict[str, Spot] = {}
    for key_node, value_node in node.value:
        key_spot = _spot(file, key_node.start_mark)
        if not isinstance(key_node, ScalarNode):
            problems.add(key_spot, "a key is a word")
            continue
        key = str(key_node.value)
        if key.endswith(":") and node.flow_style:
            problems.add(key_spot, f"between {{ and }} a colon needs something after it: write {key} {{}}")
            key = key.rstrip(":")
        if key in entries:
            problems.add(key_spot, f"{key!r} stands here twice; first in line {keys[key].line}")
            continue
        entries[key] = _convert(file, value_node, problems, depth + 1)
        keys[key] = key_spot
    return Mapping(spot=_spot(file, node.start_mark), entries=entries, keys=keys)
