"""What the prover's operators are made of: facts, happenings, and the conditions it adds to the author's."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from services.game.rules.commands import Command, Verb
from services.game.rules.events import EventKind
from services.game.rules.expressions import Both, Compare, Constant, Either, Name, Tree, Value
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER
from services.game.rules.story import NOBODY

ANY: Final = "*"
"""In a happening: whatever it is."""


@dataclass(frozen=True, slots=True)
class Holds:
    """The name can have the value."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Growth:
    """The number can become what the tree says; `once`: it can but once."""

    name: str
    to: Tree
    once: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that can happen, or (as a pattern, in which None fits all, and the subject NOBODY none) that a trigger waits for."""

    kind: EventKind
    subject: str | None = None
    object: str | None = None
    place: str | None = None
    value: str | int | None = None

    def fits(self, event: "Happening") -> bool:
        """Whether the event is one that this pattern waits for."""
        pairs = ((self.subject, event.subject or NOBODY), (self.object, event.object), (self.place, event.place), (self.value, event.value))
        return all(wanted is None or known in (wanted, ANY) for wanted, known in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A way of making something true: all that it needs, and what it brings.

    `about` is the id of what it belongs to, `verb` and `on` what a player does for it, spelt as `spelt` does (None: nothing, it
    follows); `labelled`: only the label of a model brings it.
    """

    about: str
    label: str
    verb: Verb | None
    on: str
    labelled: bool
    needs: tuple[Tree, ...]
    gains: tuple[Holds | Growth, ...]
    reads: frozenset[str] = frozenset()
    """The names that may keep it from happening, though it doesn't need them: those of what goes before it, or happens but once."""


def holds(name: str) -> Name:
    """That the truth of that name holds."""
    return Name(name)


def is_(name: str, value: Value) -> Tree:
    """That the name has the value."""
    return Compare("==", Name(name), Constant(value))


def at_least(name: str, least: int) -> Tree:
    """That the number is at least so much."""
    return Compare(">=", Name(name), Constant(least))


def at(place: str) -> Tree:
    """That the player is in the place."""
    return is_("player.place", place)


def carried(item: str) -> Tree:
    """That the player carries the item."""
    return is_(f"item.{item}.place", PLAYER)


def seen(item: str) -> Name:
    """That the player can perceive the item."""
    return Name(f"~seen.{item}")


def met(person: str) -> Name:
    """That the player can be where the person is."""
    return Name(f"~met.{person}")


def opened(pack: Pack, thing: str) -> Name:
    """That the door or container stands open."""
    return Name(f"door.{thing}.open" if thing in pack.doors else f"item.{thing}.open")


def all_of(trees: Sequence[Tree]) -> Tree:
    """That all of it holds."""
    return reduce(Both, trees) if trees else Constant(value=True)


def any_of(trees: Sequence[Tree]) -> Tree:
    """That some of it holds."""
    return reduce(Either, trees) if trees else Constant(value=False)


def spelt(command: Command, place: str) -> str:
    """What a command is done to, as operators spell it; `place` is where the player is."""
    match command.verb:
        case Verb.USE | Verb.COMBINE | Verb.GIVE | Verb.SHOW:
            return f"{command.object}>{command.target or ''}"
        case Verb.TALK if command.topic is not None:
            return f"{command.object}:{command.topic}"
        case Verb.SEARCH:
            return command.object or place
    return command.object or ""
