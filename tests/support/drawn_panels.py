"""Graphs as Grafana lays them out, drawn as SVG in a page."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 560, 170, 52, 18, 8
_FLOOR = _HEIGHT - _BOTTOM
_NAMED_MOST = 12
_COLOURS = (
    "#7EB26D",
    "#EAB839",
    "#6ED0E0",
    "#EF843C",
    "#E24D42",
    "#1F78C1",
    "#BA43A9",
    "#705DA0",
    "#508642",
    "#CCA300",
    "#447EBC",
    "#C15C17",
)
_STYLE = """
body { background: #111217; color: #ccccdc; font: 13px sans-serif; margin: 16px; width: 1200px }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 10px }
section { background: #181b1f; border: 1px solid #2c2f36; padding: 10px }
h1 { font-size: 18px; font-weight: 500 } h2 { font-size: 13px; margin: 0; font-weight: 500 }
p { margin: 2px 0; color: #8e8e9a; font-size: 11px } ul { margin: 4px 0 0; padding: 0; list-style: none }
li { display: inline-block; margin-right: 12px; font-size: 11px }
i { display: inline-block; width: 10px; height: 3px; margin-right: 4px; vertical-align: middle }
text { fill: #8e8e9a; font-size: 10px }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A graph: each line is its name and its (seconds, value)."""

    title: str
    says: str
    unit: str
    lines: Sequence[tuple[str, Sequence[tuple[float, float]]]]


def page(title: str, panels: Sequence[Panel]) -> str:
    """A page of graphs, two in a row."""
    drawn = "".join(map(_drawn, panels))
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><h1>{html.escape(title)}</h1><main>{drawn}</main>"


def _drawn(panel: Panel) -> str:
    says = f"<p>{html.escape(panel.says)}</p>" if panel.says else ""
    named = enumerate(name for name, _ in panel.lines[:_NAMED_MOST])
    legend = "".join(f'<li><i style="background:{_colour(at)}"></i>{html.escape(name)}</li>' for at, name in named)
    if len(panel.lines) > _NAMED_MOST:
        legend += f"<li>and {len(panel.lines) - _NAMED_MOST} more</li>"
    return f"<section><h2>{html.escape(panel.title)}</h2>{says}{_svg(panel)}<ul>{legend}</ul></section>"


def _svg(panel: Panel) -> str:
    most = max((value for _, values in panel.lines for _, value in values), default=0.0) or 1.0
    end = max((at for _, values in panel.lines for at, _ in values), default=1.0)
    parts = [f'<svg width="{_WIDTH}" height="{_HEIGHT}">']
    for share in (0, 0.5, 1):
        y = _FLOOR - share * (_FLOOR - _TOP)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.0f}" y2="{y:.0f}" stroke="#2c2f36"/>')
        parts.append(f'<text x="{_LEFT - 4}" y="{y + 4:.0f}" text-anchor="end">{_measured(most * share, most, panel.unit)}</text>')
    for share in (0.25, 0.5, 0.75):
        parts.append(f'<text x="{_LEFT + (_WIDTH - _LEFT) * share:.0f}" y="{_HEIGHT - 3}" text-anchor="middle">{end * share:.0f} s</text>')
    for number, (_, values) in enumerate(panel.lines):
        places = ((_LEFT + at / end * (_WIDTH - _LEFT), _FLOOR - value / most * (_FLOOR - _TOP)) for at, value in values)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline fill="none" stroke="{_colour(number)}" stroke-width="1.5" points="{points}"/>')
    if not panel.lines:
        parts.append(f'<text x="{_WIDTH / 2:.0f}" y="{_HEIGHT / 2:.0f}" text-anchor="middle">nothing was recorded</text>')
    return "".join([*parts, "</svg>"])


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _measured(value: float, most: float, unit: str) -> str:
    match unit:
        case "s" if most < 0.5:
            return f"{value * 1e3:.3g} ms"
        case "s":
            return f"{value:.3g} s"
        case "percentunit":
            return f"{value * 100:.3g} %"
        case "percent":
            return f"{value:.3g} %"
        case "bytes":
            return f"{value / 1e6:.3g} MB"
    return f"{value:.3g}"
