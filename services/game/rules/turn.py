"""A turn while it is decided: its events so far, and the state after them."""

from services.game.rules.dice import Dice
from services.game.rules.events import INTERNAL_KINDS, Event, EventKind
from services.game.rules.evolve import CHANGES
from services.game.rules.pack import Pack
from services.game.rules.state import State


class Turn:
    """Gathers the events of one turn."""

    def __init__(self, pack: Pack, state: State, dice: Dice) -> None:
        self.pack = pack
        self.before = state
        self.state = state
        self.dice = dice
        self.events: list[Event] = []
        self.heeded = 0
        """How many of the events have set off their rules."""
        self.settled: State | None = None
        """The state in which no rule without an event had anything to do; None: they have not been asked in this turn."""
        self.fired: set[str] = set()
        """The rules that have fired in this turn."""
        self.rephased: set[tuple[str, str]] = set()
        """People with the phases that they were in or entered in this turn."""
        self.noise = 0
        """How loud the player's deed is."""
        self.listening: tuple[str, ...] = ()
        """The places that the player listens to."""
        self.following: str | None = None
        """The person whom the player follows."""
        self.asleep = False
        """The player sleeps through the night."""
        self.muffled = False
        """What happens now is out of the player's sight and hearing."""

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
        if self.state.ending is not None and kind is not EventKind.TURN_TAKEN:
            return
        hidden = hidden or kind in INTERNAL_KINDS or (self.muffled and not _is_felt(kind, subject))
        # As Event(…) does, in half the time: a turn has half a dozen.
        event = tuple.__new__(Event, (kind, subject, object, place, value, text, hidden))
        self.state = CHANGES[kind](self.pack, self.state, event)
        self.events.append(event)


_FELT = frozenset({EventKind.MOVED, EventKind.TAKEN, EventKind.STATISTIC_CHANGED, EventKind.CONDITION_STARTED, EventKind.CONDITION_ENDED})
"""What happens to the player, where it has no subject."""


def _is_felt(kind: EventKind, subject: str | None) -> bool:
    """Whether the player knows of it without seeing or hearing: it happens to them."""
    return kind in (EventKind.LEARNT, EventKind.ENDED) or (kind in _FELT and subject is None)
