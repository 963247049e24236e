"""What a pack would be with one of its parts gone: the rules, effects and conditions of its files, left out in turn."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from enum import StrEnum

from services.game.packs.compiler import Located
from services.game.packs.expressions import Expressions
from services.game.packs.prover.spelling import spell
from services.game.packs.source import Mapping, Node, Problems, Scalar, Sequence, Spot
from services.game.rules.expressions import Among, Both, Either, Not, Tree

Path = tuple[str | int, ...]


class Part(StrEnum):
    """What is left out."""

    ENTRY = "entry"
    EFFECT = "effect"
    CONDITION = "condition"
    SETTING = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A pack without a part: what is left out and where it stood, and the file of which it was a part, as it is without it."""

    part: Part
    spot: Spot
    what: str
    file: str
    root: Mapping


_UNHEARD = frozenset({"id", "version", "rating", "undo", "adapter", "speech", "shown", "earned", "point_of_no_return"})
"""What only a teller, a reader, an operator or the prover goes by: nothing that happens in a game does."""
_EFFECTS = frozenset({"effects", "then", "else", "on_open", "on_fail", "each_turn"})
_CONDITIONS = frozenset({"when", "enter_when", "leave_when", "sleep_when", "if", "on", "needs", "hours", "known_by", "attempts", "once"})
_TESTS = frozenset({"when", "enter_when", "leave_when", "sleep_when", "if"})
_GROUPS = frozenset(
    {"topics", "phases", "labels", "statistics", "flags", "vars", "exits", "uses", "schedule", "reactions", "descriptions", "lines"}
)
_IN_SECTIONS = frozenset({"places.yaml", "night.yaml", "lore.yaml"})
_SHOWN_LENGTH_MAX = 70


def mutants(located: Located, parsed: MappingOf[str, Mapping]) -> Iterator[Mutant]:
    """The pack without each key and each item of a list in its files, its words aside; and with each condition less strict, or more.

    A condition that is left out holds always (one to enter or leave a phase, never). Of those that `&&` and `||` put together, and of
    the options after `in`, each is left out in turn. Of an `if`, what stands under `then` is left. What stands alone in a list or under
    a key goes with that.
    """
    for file, root in parsed.items():
        if not file.startswith("text/"):
            for path, node, spot in _parts(root, ()):
                yield from _without(located, file, root, path, node, spot)


def _parts(node: Node, path: Path) -> Iterator[tuple[Path, Node, Spot]]:
    """All that stands in the node, with where it begins: a key's own place, where it has one."""
    children: list[tuple[str | int, Node, Spot]] = []
    if isinstance(node, Mapping):
        children = [(key, child, node.keys[key]) for key, child in node.entries.items() if key not in _UNHEARD]
    elif isinstance(node, Sequence):
        children = [(number, child, child.spot) for number, child in enumerate(node.items)]
    for key, child, at in children:
        yield (*path, key), child, at
        yield from _parts(child, (*path, key))


def _without(located: Located, file: str, root: Mapping, path: Path, node: Node, spot: Spot) -> Iterator[Mutant]:
    part, named = _part(file, path), _named(path)
    if path[-1] != "if" and not _is_alone(root, path) and not _always_holds(path, node):
        shown = _shown(node) if isinstance(path[-1], int) else f"{path[-1]}: {_shown(node)}"
        yield _mutant(part, spot, f"{named}: {shown}", file, _changed(root, path, ()))
    if isinstance(node, Mapping) and "if" in node.entries and "then" in node.entries:
        then = node.entries["then"]
        always = then.items if isinstance(then, Sequence) else (then,)
        what = f"{named}: if: {_shown(node.entries['if'])}"
        yield _mutant(Part.CONDITION, node.keys["if"], what, file, _changed(root, path, always))
    if path[-1] in _TESTS and isinstance(node, Scalar):
        for other, left_out in _weaker(Expressions(located.names, Problems()).test(node).tree):
            text = replace(node, text=spell(other), content=None)
            yield _mutant(Part.CONDITION, node.spot, f"{named}: {left_out}", file, _changed(root, path, (text,)))


def _mutant(part: Part, spot: Spot, what: str, file: str, root: Node) -> Mutant:
    assert isinstance(root, Mapping), "a part of a file is not the file"
    what = what if len(what) <= _SHOWN_LENGTH_MAX else f"{what[: _SHOWN_LENGTH_MAX - 1]}…"
    return Mutant(part=part, spot=spot, what=what, file=file, root=root)


def _always_holds(path: Path, node: Node) -> bool:
    """Whether it is a condition that says nothing: for what is left over."""
    return path[-1] in _TESTS and isinstance(node, Scalar) and node.text == "true"


def _is_alone(root: Mapping, path: Path) -> bool:
    """Whether nothing stands beside it: then it is left out together with what it is in."""
    holder: Node = root
    for key in path[:-1]:
        holder = _child(holder, key)
    return len(path) > 1 and len(holder.entries if isinstance(holder, Mapping) else getattr(holder, "items", ())) == 1


def _child(node: Node, key: str | int) -> Node:
    if isinstance(node, Mapping):
        return node.entries[str(key)]
    assert isinstance(node, Sequence), "a word has no parts"
    return node.items[int(key)]


def _changed(node: Node, path: Path, to: tuple[Node, ...]) -> Node:
    """The node with other nodes, or none, in the place of one."""
    key, rest = path[0], path[1:]
    new = (_changed(_child(node, key), rest, to),) if rest else to
    if isinstance(node, Sequence):
        number = int(key)
        return replace(node, items=(*node.items[:number], *new, *node.items[number + 1 :]))
    assert isinstance(node, Mapping), "a word has no parts"
    one = new[0] if len(new) == 1 else Sequence(spot=node.spot, items=new) if new else None
    entries = {name: one if name == key else child for name, child in node.entries.items()}
    kept = {name: child for name, child in entries.items() if child is not None}
    return replace(node, entries=kept, keys={name: node.keys[name] for name in kept})


def _weaker(tree: Tree) -> Iterator[tuple[Tree, str]]:
    """The condition without each of its parts, and that part."""
    match tree:
        case Both(left, right) | Either(left, right):
            yield right, spell(left)
            yield left, spell(right)
            kind = type(tree)
            yield from ((kind(other, right), left_out) for other, left_out in _weaker(left))
            yield from ((kind(left, other), left_out) for other, left_out in _weaker(right))
        case Not(operand):
            yield from ((Not(other), left_out) for other, left_out in _weaker(operand))
        case Among(left, options) if len(options) > 1:
            yield from ((Among(left, options - {option}), repr(option)) for option in sorted(options, key=str))


def _part(file: str, path: Path) -> Part:
    words = [key for key in path if isinstance(key, str)]
    last = words[-1]
    if _EFFECTS.intersection(words) or ("labels" in words[:-1] and isinstance(path[-1], int)):
        return Part.EFFECT
    if _CONDITIONS.intersection(words[-2:]):
        return Part.CONDITION
    depth = 2 if file in _IN_SECTIONS else 1
    if len(path) == depth and file != "pack.yaml":
        return Part.ENTRY
    if last in _GROUPS or (len(words) > 1 and words[-2] in _GROUPS):
        return Part.ENTRY
    return Part.SETTING


def _named(path: Path) -> str:
    """Where it stood, without its own key or number: `watched.effects`."""
    return ".".join(str(key) if isinstance(key, str) else str(key + 1) for key in path[:-1]) or str(path[-1])


def _shown(node: Node) -> str:
    """The node on one line."""
    match node:
        case Mapping(entries=entries):
            return ", ".join(f"{key}: {_braced(child)}" for key, child in entries.items())
        case Sequence(items=items):
            return f"[{', '.join(_braced(item) for item in items)}]"
    return node.text


def _braced(node: Node) -> str:
    return f"{{{_shown(node)}}}" if isinstance(node, Mapping) else _shown(node)
