"""The OpenAPI document as a page to read, whole in itself: nothing is loaded from anywhere."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881 }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
code { font: .9em ui-monospace, monospace; background: var(--soft); padding: .1em .3em; border-radius: .25em }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line) }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .6rem 0; padding: .4rem .8rem }
summary { cursor: pointer } summary b { display: inline-block; min-width: 4.5rem }
pre { font: .85rem/1.5 ui-monospace, monospace; background: var(--soft); padding: .6rem .8rem; border-radius: .4rem; overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem }
td { border-top: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top }
nav a { margin-right: 1rem }
"""
_HEAD = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Maratang API</title>'
_CODE = re.compile(r"`([^`]+)`")
Node = Mapping[str, Any]  # Any: what JSON holds


def docs_page(document: Node) -> str:
    """The page, HTML."""
    operations: dict[str, list[str]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operations[operation["tags"][0]].append(_operation(path, method, operation))
    parts = [
        f"<h1>{_text(document['info']['title'])} {_text(document['info']['version'])}</h1>",
        *(f"<p>{_text(part)}</p>" for part in document["info"]["description"].split("\n\n")),
        '<p><a href="/openapi.json">OpenAPI 3.1</a></p>',
        "<nav>" + "".join(f'<a href="#{_text(name)}">{_text(name)}</a>' for name in (*operations, "Schemas")) + "</nav>",
    ]
    for tag in document["tags"]:
        parts += [
            f'<h2 id="{_text(tag["name"])}">{_text(tag["name"])}</h2>',
            f"<p>{_text(tag['description'])}</p>",
            *operations[tag["name"]],
        ]
    parts.append('<h2 id="Schemas">Schemas</h2>')
    parts += [_schema(name, schema) for name, schema in document["components"]["schemas"].items()]
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{_HEAD}<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n'


def _operation(path: str, method: str, operation: Node) -> str:
    signed_in = "a signed-in player" if operation["security"][0] else "anyone"
    rows = [(one["name"], f"{one['in']}, {_type(one['schema'])}", one["description"]) for one in operation["parameters"]]
    body = operation.get("requestBody")
    asked = ""
    if body is not None:
        rows += _body_rows(body["content"]["application/json"]["schema"])
        asked = _example("Body", body["content"]["application/json"])
    answers = [(status, _answer_type(answer), answer["description"]) for status, answer in operation["responses"].items()]
    answered = "".join(_example(kind, one) for kind, one in operation["responses"]["200"].get("content", {}).items())
    return (
        f'<details id="{_text(operation["operationId"])}"><summary><b>{_text(method.upper())}</b> <code>{_text(path)}</code> '
        f"{_text(operation['summary'])}</summary><p>{_text(operation['description'])} For {signed_in}.</p>"
        f"{_table(rows)}{asked}{_table(answers)}{answered}</details>"
    )


def _example(what: str, content: Node) -> str:
    """The example of a body, as it is sent."""
    examples = content.get("examples", {})
    if "example" not in examples:
        return ""
    value = examples["example"]["value"]
    shown = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return f"<p>{_text(what)}:</p><pre>{escape(shown)}</pre>"


def _body_rows(schema: Node) -> Iterator[tuple[str, str, str]]:
    if "$ref" in schema:
        yield "body", _type(schema), ""
    for name, one in schema.get("properties", {}).items():
        yield name, f"body, {_type(one)}", one.get("description", "")


def _answer_type(answer: Node) -> str:
    return "; ".join(f"{kind} {_type(one.get('schema', {}))}" for kind, one in answer.get("content", {}).items())


def _schema(name: str, schema: Node) -> str:
    rows = [(field, _type(one), one.get("description", "")) for field, one in schema.get("properties", {}).items()]
    summary = f"<b>{_text(name)}</b> {_text(schema.get('description', ''))}"
    return f'<details id="schema-{_text(name)}"><summary>{summary}</summary>{_table(rows)}</details>'


def _type(schema: Node) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return _type(schema["anyOf"][0])  # the other is null
    kinds = [one for one in _listed(schema.get("type", [])) if one != "null"]
    if "array" in kinds:
        return f"[{_type(schema['items'])}]"
    return str(schema.get("format") or " or ".join(kinds))


def _listed(kinds: str | list[str]) -> list[str]:
    return [kinds] if isinstance(kinds, str) else kinds


def _table(rows: list[tuple[str, str, str]]) -> str:
    cells = "".join(f"<tr><td><code>{_text(a)}</code></td><td>{_text(b)}</td><td>{_text(c)}</td></tr>" for a, b, c in rows)
    return f"<table>{cells}</table>" if rows else ""


def _text(text: str) -> str:
    """Text as HTML; what stands in backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(str(text)))
