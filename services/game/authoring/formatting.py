"""Bringing a pack's files into the usual form."""

from io import StringIO
from pathlib import Path

from rich.console import Console
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from services.game.authoring.shapes import FILES, SHAPES
from services.game.authoring.writing import is_written

_WIDTH = 160


def formatted(path: Path, *, only_check: bool, console: Console) -> int:
    """Format the pack of the folder. Returns the exit code: 1 where it was only to be checked and something would change, 2 for no pack."""
    if not (path / "pack.yaml").is_file():
        console.print(f"{path}: there is no pack.yaml here", markup=False)
        return 2
    changed = 0
    for file, shape in FILES.items():
        target = path / file
        if not target.is_file():
            continue
        text = target.read_text(encoding="utf-8")
        try:
            new = format_text(text, shape)
        except YAMLError as error:
            console.print(f"{target}: this is no YAML: {getattr(error, 'problem', error)}", markup=False)
            return 2
        if new != text:
            changed += 1
            if only_check:
                console.print(f"{target}: would change", markup=False)
            elif not is_written(target, new, console):
                return 2
    return int(only_check and changed > 0)


def format_text(text: str, shape: str) -> str:
    """The text of a file of that shape in the usual form: what it says is the same, comments and all."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    root = yaml.load(text)
    if root is None:
        return text
    _order(root, shape)
    out = StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _order(node: object, shape: str) -> None:
    """Put the keys of the node, and of all in it, in the order of the shape."""
    shape = shape.split("|", maxsplit=1)[0] if shape[0] not in "[{" else shape
    if shape.startswith("["):
        for each in node if isinstance(node, CommentedSeq) else (node,):
            _order(each, shape[1:-1])
    elif not isinstance(node, CommentedMap):
        return
    elif shape.startswith("{"):
        for value in node.values():
            _order(value, shape[1:-1])
    elif shape in SHAPES:
        known = {key.removesuffix("!"): value for key, value in SHAPES[shape].items()}
        for key, value in node.items():
            _order(value, known.get(key, "any"))
        wanted = [key for key in known if key in node] + [key for key in node if key not in known]
        # A comment stays with the key before it, so keys are moved only where their order is wrong.
        if shape != "effect" and list(node) != wanted:
            for key in wanted:
                node.move_to_end(key)
