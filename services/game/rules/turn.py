"""A turn while it is decided: its events so far, and the state after them."""

from collections import deque

from services.game.rules.dice import Dice
from services.game.rules.events import INTERNAL_KINDS, Event, EventKind
from services.game.rules.evolve import evolve
from services.game.rules.pack import Pack
from services.game.rules.state import State


class Turn:
    """Gathers the events of one turn. `unsettled` are those whose rules have not been looked at yet."""

    def __init__(self, pack: Pack, state: State, dice: Dice) -> None:
        self.pack = pack
        self.before = state
        self.state = state
        self.dice = dice
        self.events: list[Event] = []
        self.unsettled: deque[Event] = deque()
        self.fired: set[str] = set()
        """The rules that have fired in this turn."""
        self.rephased: set[str] = set()
        """The people whose phase has changed in this turn."""

    @property
    def is_over(self) -> bool:
        """Whether the game has come to an ending."""
        return self.state.ending is not None

    def emit(
        self,
        kind: EventKind,
        *,
        subject: str | None = None,
        object: str | None = None,  # noqa: A002 (the word of the contract)
        place: str | None = None,
        value: str | int | None = None,
        text: str | None = None,
        hidden: bool = False,
    ) -> None:
        """Let it happen. Once the game has ended nothing does, but that the turn is over."""
        if self.is_over and kind is not EventKind.TURN_TAKEN:
            return
        hidden = hidden or kind in INTERNAL_KINDS
        event = Event(kind=kind, subject=subject, object=object, place=place, value=value, text=text, hidden=hidden)
        self.state = evolve(self.pack, self.state, event)
        self.events.append(event)
        self.unsettled.append(event)
