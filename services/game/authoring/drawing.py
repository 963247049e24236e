"""Drawing a pack as SVG: places, doors and locks, and a way to each ending."""

from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

from rich.console import Console

from services.game.authoring.loading import load
from services.game.authoring.proving import proved
from services.game.authoring.writing import is_written
from services.game.packs.prover.search import Move
from services.game.packs.shorthand import spelt
from services.game.rules.nouns import Lock, LockKind
from services.game.rules.pack import Pack

_BOX_WIDTH, _BOX_HEIGHT, _GAP_X, _GAP_Y, _MARGIN, _TOP = 190, 58, 150, 34, 30, 54
_WIDTH_MIN = 1080
_ROUNDS = 4
"""How often the rows are put in order, there and back."""
_LINE = 17
_WAY_CHARACTERS = 150
_STYLE = """
svg { font: 13px system-ui, sans-serif; background: #fff; } text { fill: #222; } .box { fill: #f4f1ea; stroke: #777; }
.start { stroke-width: 3; } .way { stroke: #888; fill: none; } .locked { stroke: #b3261e; stroke-width: 2; }
.at_times { stroke-dasharray: 5 4; } .one_way { marker-end: url(#arrow); } .title { font-size: 17px; font-weight: 600; }
.small { font-size: 11px; fill: #555; }
.lock { fill: #b3261e; font-size: 11px; paint-order: stroke; stroke: #fff; stroke-width: 4px; }
.victory { fill: #1b6e3c; } .failure { fill: #b3261e; } .secret { fill: #6a3ea1; }
@media (prefers-color-scheme: dark) { svg { background: #1c1b1a; } text { fill: #eee; } .box { fill: #2b2926; stroke: #999; }
.way { stroke: #999; }
.small { fill: #bbb; } .lock { fill: #ff8a80; stroke: #1c1b1a; }
.locked { stroke: #ff8a80; } .victory { fill: #7bd89a; } .failure { fill: #ff8a80; }
.secret { fill: #c9a7ff; } }
"""
_ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z" fill="#888"/></marker></defs>'
)


def draw(path: Path, *, output: Path | None, locale: str, seconds: float, console: Console) -> int:
    """Write the drawing. Returns the exit code: 0, or 2 where there is no pack to draw, or nowhere to write it."""
    loaded = load(path)
    if loaded.located is None:
        for fault in loaded.faults:
            console.print(fault, markup=False)
        return 2
    pack = loaded.located.pack
    if locale not in pack.texts:
        console.print(f"the pack has no texts in {locale!r}: choose one of {', '.join(pack.texts)}", markup=False)
        return 2
    report = proved(pack, seconds=seconds, console=console)
    ways = {name: moves for (kind, name), moves in report.witnesses.items() if kind == "ending"}
    return 0 if is_written(output or Path(f"{pack.scenario_id}.svg"), svg(pack, ways, locale), console) else 2


def svg(pack: Pack, ways: dict[str, tuple[Move, ...]], locale: str) -> str:
    """The drawing: places in columns by how far they are from the start, the locks beside their doors, below them the endings."""
    spots = _spots(pack)
    width = max(x for x, _ in spots.values()) + _BOX_WIDTH + _GAP_X
    height = max(y for _, y in spots.values()) + _BOX_HEIGHT + _GAP_Y
    parts = [*_ways(pack, spots, locale), *(_box(pack, place, spots[place], locale) for place in pack.places)]
    below, bottom = _below(pack, ways, height, locale)
    width = max(width, _WIDTH_MIN)
    title = escape(pack.text("pack.title", locale))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom}" width="{width}" height="{bottom}" role="img" '
        f'aria-label="{title}"><style>{_STYLE}</style>{_ARROW}\n<text class="title" x="{_MARGIN}" y="{_MARGIN}">{title}</text>\n'
        + "\n".join([*parts, *below])
        + "\n</svg>\n"
    )


def _spots(pack: Pack) -> dict[str, tuple[int, int]]:
    """Where each place is drawn. A way leads to the next column or stays in its own, so that none runs behind a place."""
    columns: list[list[str]] = [[pack.start]]
    seen = {pack.start}
    while columns[-1]:
        following = [to for place in columns[-1] for to in pack.neighbours[place] if to not in seen]
        columns.append(list(dict.fromkeys(following)))
        seen |= set(following)
    columns[-1] = [place for place in pack.places if place not in seen]
    for _ in range(_ROUNDS):
        for column, beside in (*pairwise(columns), *pairwise(columns[::-1])):
            beside.sort(key={place: _middle(pack, place, column, row) for row, place in enumerate(beside)}.__getitem__)
    return {
        place: (_MARGIN + column * (_BOX_WIDTH + _GAP_X), _TOP + row * (_BOX_HEIGHT + _GAP_Y))
        for column, places in enumerate(columns)
        for row, place in enumerate(places)
    }


def _middle(pack: Pack, place: str, column: list[str], own: int) -> float:
    """The row, on the average, of a place's neighbours in that column; its own row where it has none there."""
    rows = [row for row, other in enumerate(column) if other in pack.neighbours[place]]
    return sum(rows) / len(rows) if rows else own


def _box(pack: Pack, place: str, spot: tuple[int, int], locale: str) -> str:
    x, y = spot
    items = [item for item, noun in pack.items.items() if noun.start == place]
    about = ", ".join([*(person for person, noun in pack.people.items() if noun.start == place), *items])
    start = " start" if place == pack.start else ""
    lines = wrap(about, 30)[:2]
    small = "".join(
        f'<text class="small" x="{x + 10}" y="{y + 36 + 13 * number}">{escape(line)}</text>' for number, line in enumerate(lines)
    )
    name = escape(pack.name(place, locale))
    return (
        f'<rect class="box{start}" x="{x}" y="{y}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6"/>'
        f'<text x="{x + 10}" y="{y + 20}" font-weight="600">{name}</text>{small}'
    )


def _ways(pack: Pack, spots: dict[str, tuple[int, int]], locale: str) -> list[str]:
    """Each way once: an arrow where it leads one way only, broken where it isn't always there, with what opens the lock of its door."""
    ways = {(place.place_id, way.to): way for place in pack.places.values() for way in place.exits}
    parts = []
    for (place, to), way in ways.items():
        is_one_way = (to, place) not in ways
        if not is_one_way and spots[to] < spots[place]:
            continue
        lock = pack.locks_on.get(way.door or "")
        path, (x, y) = _path(spots[place], spots[to])
        kinds = ("way", "locked" * (lock is not None), "at_times" * (way.when is not None), "one_way" * is_one_way)
        parts.append(f'<path class="{" ".join(filter(None, kinds))}" d="{path}"/>')
        if lock is not None:
            parts.append(f'<text class="lock" text-anchor="end" x="{x}" y="{y}">{escape(_opens(pack, lock, locale))}</text>')
    return parts


def _path(start: tuple[int, int], end: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """The way between two boxes, and where its lock is written: beside the box it leads to."""
    (x1, y1), (x2, y2) = (start[0], start[1] + _BOX_HEIGHT // 2), (end[0], end[1] + _BOX_HEIGHT // 2)
    if x1 == x2:  # past the boxes between them, on the right
        right, out = x1 + _BOX_WIDTH, x1 + _BOX_WIDTH + _GAP_X // 3
        return f"M{right} {y1} C{out} {y1} {out} {y2} {right} {y2}", (right + _GAP_X - 6, y2 - 4)
    if x1 < x2:
        left, right = x1 + _BOX_WIDTH, x2
        return f"M{left} {y1} C{left + _GAP_X // 2} {y1} {right - _GAP_X // 2} {y2} {right} {y2}", (right - 6, y2 - 4)
    left, right = x2 + _BOX_WIDTH, x1
    return f"M{right} {y1} C{right - _GAP_X // 2} {y1} {left + _GAP_X // 2} {y2} {left} {y2}", (right - 6, y1 - 4)


def _opens(pack: Pack, lock: Lock, locale: str) -> str:
    """What opens the lock, in short."""
    match lock.kind:
        case LockKind.KEY:
            return ", ".join(pack.name(key, locale) for key in lock.keys)
        case LockKind.CODE:
            return lock.code or ""
        case LockKind.SEQUENCE:
            return " → ".join(pack.name(item, locale) for item in lock.sequence)
        case LockKind.ITEMS:
            return " + ".join(pack.name(item, locale) for item in lock.items)
        case LockKind.TRUST if lock.trust is not None:
            return f"{pack.name(lock.trust.person, locale)} {lock.trust.statistic} ≥ {lock.trust.at_least}"
        case LockKind.TIMED:
            return ", ".join(f"{f'{hours.day}: ' if hours.day else ''}{hours.first}-{hours.last}" for hours in lock.hours)
    return "—"


def _below(pack: Pack, ways: dict[str, tuple[Move, ...]], top: int, locale: str) -> tuple[list[str], int]:
    """The locks on things, then each ending with a way to it; and where the drawing ends."""
    parts, y = list[str](), top
    for lock in pack.locks.values():
        if lock.on in pack.items:
            parts.append(
                f'<text class="lock" x="{_MARGIN}" y="{y}">{escape(f"{pack.name(lock.on, locale)}: {_opens(pack, lock, locale)}")}</text>'
            )
            y += _LINE
    y += _LINE
    for ending in pack.endings.values():
        title = f"{pack.name(ending.ending_id, locale)} ({ending.kind.value})"
        parts.append(f'<text class="{ending.kind.value}" font-weight="600" x="{_MARGIN}" y="{y}">{escape(title)}</text>')
        y += _LINE
        moves = ways.get(ending.ending_id)
        way = "no way known" if moves is None else " · ".join(spelt(command) for command, _ in moves)
        for line in wrap(way, _WAY_CHARACTERS):
            parts.append(f'<text class="small" x="{_MARGIN + 12}" y="{y}">{escape(line)}</text>')
            y += _LINE
        y += _LINE // 2
    return parts, y + _MARGIN
