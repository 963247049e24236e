"""The pack's own telling: what a turn reads like while no model tells it."""

from collections.abc import Iterable

from services.game.rules.events import Event
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.telling.answers import Line
from services.game.telling.lines import lines_of
from services.game.telling.view import description


def template(pack: Pack, before: State, events: Iterable[Event], after: State, locale: str) -> tuple[Line, ...]:
    """The turn as the pack tells it; never empty: where nothing that needs words happened, what the place looks like."""
    return lines_of(pack, before, events, after, locale) or (Line(text=description(pack, after, locale)),)
