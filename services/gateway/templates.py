"""Path templates as google.api.http writes them, and the tree that finds the one a path fits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote_to_bytes

T = TypeVar("T")
_VERB = re.compile(r"(?P<rest>.*[^:]):(?P<verb>[A-Za-z][A-Za-z0-9_.-]*)")
_PIECE = re.compile(r"\{(?P<field>[A-Za-z_][\w.]*)(?:=(?P<inner>[^{}]+))?\}|(?P<plain>[^/{}]+)")
_RESERVED = re.compile(r"%2[fF]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A field that a template binds: its dotted path and the segments it takes, [start, end); end None: to the path's end."""

    field: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A parsed path template. Segments are literals, `*` (one segment) or, last, `**` (the rest)."""

    text: str
    segments: tuple[str, ...]
    variables: tuple[Variable, ...]
    verb: str = ""

    def values(self, segments: Sequence[str]) -> tuple[str, ...]:
        """The variables' values, decoded, out of a path's raw segments.

        Raises UnicodeDecodeError for one that is not UTF-8.
        """
        return tuple(_decoded(segments[one.start : one.end]) for one in self.variables)


def parse(text: str) -> Template:
    """Parses a template such as `/v1/games/{game_id}/turns/{turn}:watch`. Raises ValueError for what is none."""
    if not text.startswith("/"):
        raise ValueError(f"{text!r} does not begin with a slash")
    verb = ""
    body = text[1:]
    # A colon inside braces is no verb's: none of the contract's variables holds one.
    if found := _VERB.fullmatch(body):
        body, verb = found["rest"], found["verb"]
    segments: list[str] = []
    variables: list[Variable] = []
    at = 0
    while at < len(body):
        piece = _PIECE.match(body, at)
        if piece is None or (piece.end() < len(body) and body[piece.end()] != "/"):
            raise ValueError(f"{text!r} is malformed at {body[at:]!r}")
        at = piece.end() + 1
        if piece["plain"] is not None:
            segments.append(piece["plain"])
            continue
        inner = (piece["inner"] or "*").split("/")
        end = None if inner[-1] == "**" else len(segments) + len(inner)
        variables.append(Variable(field=piece["field"], start=len(segments), end=end))
        segments += inner
    if not segments or body.endswith("/") or "**" in segments[:-1]:
        raise ValueError(f"{text!r} is malformed")
    return Template(text=text, segments=tuple(segments), variables=tuple(variables), verb=verb)


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: "dict[str, _Node[T]]" = field(default_factory=dict)
    one: "_Node[T] | None" = None
    rest: "_Node[T] | None" = None
    ends: dict[str, dict[str, T]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """What lies at a path: by HTTP method; and the path's raw segments, without its verb."""

    methods: dict[str, T]
    segments: list[str]


class Paths(Generic[T]):
    """Templates in a tree. A literal goes before a variable; a verb that some template has here goes before a colon in an id."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, template: Template, method: str, value: T) -> None:
        """Adds a template. Raises ValueError if the same path and method is there already."""
        node = self._root
        for segment in template.segments:
            if segment == "*":
                node.one = node.one or _Node()
                node = node.one
            elif segment == "**":
                node.rest = node.rest or _Node()
                node = node.rest
            else:
                node = node.literals.setdefault(segment, _Node())
        methods = node.ends.setdefault(template.verb, {})
        if method in methods:
            raise ValueError(f"{method} {template.text} is there twice")
        methods[method] = value

    def find(self, path: str) -> Found[T] | None:
        """What lies at a raw (percent-encoded) path; None: nothing."""
        if not path.startswith("/"):
            return None
        segments = path[1:].split("/")
        last, _, verb = segments[-1].rpartition(":")
        if last:
            shorter = [*segments[:-1], last]
            if methods := _walk(self._root, shorter, 0, verb):
                return Found(methods=methods, segments=shorter)
        if methods := _walk(self._root, segments, 0, ""):
            return Found(methods=methods, segments=segments)
        return None


def _walk(node: _Node[T], segments: list[str], at: int, verb: str) -> dict[str, T] | None:
    if at == len(segments):
        return node.ends.get(verb)
    segment = segments[at]
    literal = node.literals.get(segment)
    if literal is not None and (found := _walk(literal, segments, at + 1, verb)):
        return found
    if node.one is not None and segment and (found := _walk(node.one, segments, at + 1, verb)):
        return found
    return node.rest.ends.get(verb) if node.rest is not None else None


def _decoded(segments: Sequence[str]) -> str:
    if len(segments) == 1:
        return unquote_to_bytes(segments[0]).decode()
    # In a value of several segments an encoded slash must not pass for one that parts them.
    return "/".join(unquote_to_bytes(_RESERVED.sub("%252F", one)).decode() for one in segments)
