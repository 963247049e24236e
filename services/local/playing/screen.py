"""What the player sees: everything that is written to the terminal, or to what stands for it."""

from collections.abc import Iterable, Sequence

from rich.columns import Columns
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.status import Status
from rich.text import Text

from maratang_client.shapes import Acquaintance, Action, Clue, Ending, KnownPlace, Line, Telling, View, ViewExit, ViewItem, ViewPerson
from services.local.playing.flow import Flow
from services.local.playing.orders import Order
from services.local.playing.words import Language, Words

SUGGESTIONS = 9
"""How many actions are shown unasked."""
_LONGEST_LINE = 100
"""Cells; wider lines are hard to read."""
_FAINT = "dim"
_STORY = "cyan"
_WARNING = "yellow"
_NAME = "bold"


class Screen:
    """Writes to one console, in the words of one language at a time."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console = console
        self.language = language
        self._names: dict[str, str] = {}
        self._status: Status | None = None
        self._flow = self._new_flow()

    @property
    def words(self) -> Words:
        """The client's words, as the player reads them."""
        return self.language.words

    def knows(self, people: Iterable[ViewPerson | Acquaintance]) -> None:
        """From now on these people are called by their names."""
        self._names |= {person.person_id: person.name for person in people}

    def settle(self) -> None:
        """Ends what was under way, so that a line begins here."""
        self._stop_working()
        begun = not self._flow.at_start
        self._out(self._flow.end())
        if begun:
            self._console.print()
        self._flow = self._new_flow()

    def blank(self) -> None:
        """An empty line."""
        self._print(Text())

    def says(self, text: str) -> None:
        """A word of the client's own."""
        self._print(Text(text, style=_FAINT))

    def warns(self, text: str) -> None:
        """A word of the client's own that asks for attention."""
        self._print(Text(text, style=_WARNING))

    def working(self, text: str) -> None:
        """Shows that something is under way, until anything else is written; only where it can be wiped away again."""
        self.settle()
        if self._console.is_terminal:
            self._status = self._console.status(Text(text, style=_FAINT))
            self._status.start()

    def title(self, title: str, summary: str = "") -> None:
        """Opens a story."""
        self._print(
            Panel(Text(summary), title=Text(title, style=_NAME), title_align="left", width=self._width) if summary else self._rule(title)
        )

    def scene(self, title: str) -> None:
        """Opens a scene."""
        self._print(self._rule(title))

    def choices(self, labels: Sequence[str | tuple[str, str]]) -> None:
        """Numbered choices, one a line, each perhaps with something faint after it."""
        for number, label in enumerate(labels, 1):
            named, aside = label if isinstance(label, tuple) else (label, "")
            self._print(_numbered(number, named).append(f"  {aside}" if aside else "", style=_FAINT))

    def lines(self, lines: Iterable[Line]) -> None:
        """What happened, in plain lines."""
        for line in lines:
            self._print(self._spoken(line))

    def refused(self, lines: Iterable[Line]) -> None:
        """Why something can't be done."""
        for line in lines:
            text = self._spoken(line)
            text.stylize(_WARNING)
            self._print(text)

    def tells(self, speaker: str | None, text: str, *, named: bool) -> None:
        """A piece of a story, as it comes; `named` says that its speaker begins with it."""
        self._stop_working()
        if named and speaker is not None:
            lead = text[: len(text) - len(text.lstrip("\n"))]
            self._write(lead)
            self._write(f"{self._names.get(speaker, speaker)}: ", style=f"{_NAME} {_STORY}")
            text = text.removeprefix(lead)
        self._write(text)

    def told_by(self, telling: Telling) -> None:
        """Who told a story."""
        said = self.words.told_by.get(telling.told_by)
        if said is not None:
            self._print(Text(f"— {said.format(model=telling.model or '?')}", style=_FAINT))

    def place(self, view: View) -> None:
        """Where and when the player is, and how they are, in one line."""
        words = self.words
        parts = [view.place.name]
        if view.days > 1:
            parts.append(words.day.format(day=view.day, days=view.days))
        parts.append(words.slot.format(phase=words.phases.get(view.phase, view.phase), slot=view.slot, slots=view.slots))
        parts += [f"{each.name} {each.value}/{each.max}" for each in view.statistics]
        parts += [condition.name for condition in view.conditions]
        self._print(self._rule(" · ".join(parts)))

    def ways(self, view: View) -> None:
        """The ways out of here."""
        self._listed(self.words.exits, map(self._exit, view.place.exits))

    def actions(self, actions: Sequence[Action], *, everything: bool = False) -> None:
        """What can be done, numbered: the first few, or everything."""
        shown = actions if everything else actions[:SUGGESTIONS]
        if shown:
            labels = [_numbered(number, action.label) for number, action in enumerate(shown, 1)]
            self._print(Columns(labels, padding=(0, 3), width=max(label.cell_len for label in labels)))
        if len(shown) < len(actions):
            self.says(self.words.more_actions.format(count=len(actions) - len(shown)))

    def look(self, view: View) -> None:
        """Everything that can be seen here."""
        words = self.words
        self.place(view)
        self._print(Text(view.place.description))
        self._listed(words.things, map(_item, view.items))
        self._listed(words.people, (f"{one.name} ({one.mood})" if one.mood else one.name for one in view.people))
        self.ways(view)

    def bag(self, view: View) -> None:
        """What the player carries."""
        if not view.inventory:
            self.says(self.words.bag_empty)
        self._listed(self.words.bag, map(_item, view.inventory))

    def map(self, places: Iterable[KnownPlace]) -> None:
        """The places that the player knows."""
        words = self.words
        self.scene(words.map)
        for place in places:
            text = Text(f"{'*' if place.here else ' '} {place.name}", style=_NAME if place.here else "")
            aside = words.here if place.here else "" if place.visited else words.unvisited
            text.append(f" ({aside})" if aside else "", style=_FAINT)
            text.append(f" → {', '.join(map(self._exit, place.exits))}" if place.exits else "", style=_FAINT)
            self._print(text)

    def notes(self, clues: Sequence[Clue]) -> None:
        """What the player has learnt."""
        if not clues:
            self.says(self.words.notes_empty)
            return
        self.scene(self.words.notes)
        for clue in clues:
            self._print(Text.assemble((f"{clue.title}: ", _NAME), clue.text))

    def help(self) -> None:
        """How to play."""
        self._print(Text(self.words.how_to_play))
        for order in Order:
            self._print(Padding(Text.assemble((f"/{order.value:<6} ", _NAME), (self.words.orders[order.value], _FAINT)), (0, 0, 0, 2)))

    def ending(self, ending: Ending) -> None:
        """The banner of an ending."""
        words = self.words
        kind = words.ending_kinds.get(ending.kind, ending.kind)
        self.blank()
        self._print(
            Panel(
                Text(ending.title, style=_NAME, justify="center"), title=words.ending, subtitle=kind, width=min(self._width, 60), padding=1
            )
        )

    def _exit(self, way: ViewExit) -> str:
        return f"{way.name} ({self.words.locked})" if way.locked else way.name

    def _listed(self, title: str, named: Iterable[str]) -> None:
        joined = ", ".join(named)
        if joined:
            self._print(Text.assemble((f"{title}: ", _FAINT), joined))

    def _spoken(self, line: Line) -> Text:
        if line.speaker is None:
            return Text(line.text)
        return Text.assemble((f"{self._names.get(line.speaker, line.speaker)}: ", _NAME), line.text)

    @property
    def _width(self) -> int:
        return min(self._console.width, _LONGEST_LINE)

    def _rule(self, title: str) -> Rule | Text:
        if not self._console.is_terminal:
            return Text(f"-- {title} --")
        return Rule(Text(title, style=_FAINT), align="left", style=_FAINT)

    def _new_flow(self) -> Flow:
        return Flow(self._width - 1 if self._console.is_terminal else None)

    def _write(self, text: str, style: str = _STORY) -> None:
        self._out(self._flow.feed(text), style)

    def _out(self, text: str, style: str = _STORY) -> None:
        if text:
            self._console.print(Text(text, style=style), end="", soft_wrap=True)

    def _print(self, what: Text | Rule | Panel | Columns | Padding) -> None:
        self.settle()
        if self._console.is_terminal:
            self._console.print(what, width=self._width)
        else:
            self._console.print(what, soft_wrap=isinstance(what, Text))

    def _stop_working(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def _numbered(number: int, label: str) -> Text:
    return Text.assemble((f"{number:>2} ", _NAME), label)


def _item(item: ViewItem) -> str:
    return f"{item.name} ({item.state})" if item.state else item.name
