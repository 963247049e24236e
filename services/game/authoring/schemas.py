"""JSON Schemas of a pack's files, for editors."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from services.game.authoring.shapes import FILES, SHAPES
from services.game.authoring.writing import is_written

Schema = dict[str, Any]  # Any: a JSON Schema
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = "^[a-z][a-z0-9_]{0,39}$"
_PRIMITIVES: Mapping[str, Schema] = {
    "text": {"type": ["string", "number", "boolean"]},
    "id": {"type": "string", "pattern": _ID},
    "condition": {"type": ["string", "boolean"], "description": "A condition: flag.power && person.mina.trust >= 50"},
    "number": {"type": ["integer", "string"], "description": "A number, or an expression for one"},
    "integer": {"type": "integer"},
    "truth": {"type": "boolean"},
    "any": {},
}


def schema_of(file: str) -> Schema:
    """The schema of the file. KeyError: a pack has no file of that name."""
    shape = FILES[file]
    used: dict[str, Schema] = {}
    root = _schema(shape, used)
    return {"$schema": _DIALECT, "title": f"Maratang: {file}", **root, "$defs": used}


def give(file: str | None, *, write: Path | None, console: Console, errors: Console) -> int:
    """Print or write schemas. Returns the exit code: 0, or 2 where a pack has no such file."""
    if write is not None:
        for each in FILES:
            target = write / f"{each.removesuffix('.yaml')}.schema.json"
            if not is_written(target, json.dumps(schema_of(each), ensure_ascii=False, indent=2) + "\n", console):
                return 2
        first = f"# yaml-language-server: $schema={(write / 'items.schema.json').resolve()}"
        console.print(f"\nOn the first line of items.yaml, and so in each file: {first}", markup=False)
        return 0
    if file is None:
        for each in FILES:
            console.print(each, markup=False)
        return 0
    if file not in FILES:
        errors.print(f"a pack has no file {file!r}: one of {', '.join(FILES)}", markup=False)
        return 2
    console.print(json.dumps(schema_of(file), ensure_ascii=False, indent=2), markup=False)
    return 0


def _schema(shape: str, used: dict[str, Schema]) -> Schema:
    """The schema of a shape's spelling: `place`, `[exit]` (one or many), `{place}` (by id), `a|b`."""
    if "|" in shape:
        return {"anyOf": [_schema(one, used) for one in shape.split("|")]}
    if shape.startswith("["):
        inner = _schema(shape[1:-1], used)
        return {"anyOf": [inner, {"type": "array", "items": inner}]}
    if shape.startswith("{"):
        return {"type": ["object", "null"], "additionalProperties": _schema(shape[1:-1], used)}
    if shape in _PRIMITIVES:
        return dict(_PRIMITIVES[shape])
    if shape.startswith("="):
        return {"enum": shape[1:].split("/")}
    if shape not in used:
        used[shape] = {}
        needed = [key.removesuffix("!") for key in SHAPES[shape] if key.endswith("!")]
        used[shape] = {
            "type": ["object", "null"],
            "properties": {key.removesuffix("!"): _schema(value, used) for key, value in SHAPES[shape].items()},
            "additionalProperties": False,
            **({"required": needed} if needed else {}),
        }
    return {"$ref": f"#/$defs/{shape}"}
