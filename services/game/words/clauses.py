"""What the readers of both languages give: clauses, each a verb and what it is done to, not yet a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from services.game.rules.commands import Verb


class Role(Enum):
    """What a name is to the verb, as its particle or preposition says."""

    THING = auto()
    """What it is done to: 을/를, or nothing."""
    WHO = auto()
    """Who does it: 이/가."""
    AS_FOR = auto()
    """What is said of it, or who does it: 은/는, 도."""
    OF = auto()
    """Whose: 의; Rose's."""
    TO = auto()
    """Where or to whom: 에, 에게; to, on, at."""
    FROM = auto()
    """Whence: 에서, 한테서; from, out of."""
    BY = auto()
    """By means of what, or towards where: 로; with."""
    AND = auto()
    """Together with what: 와, 랑; and."""
    ABOUT = auto()
    """What is talked about: 에 대해; about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name in the text: the word as the lexicon has it. `sure` False: it was mistyped, and is only probably meant."""

    word: str
    role: Role
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A verb with its names. `verb` None: there is none that is known. `unknown` are words that could not be read.

    `sure` False: the verb was mistyped, and is only probably meant. `unheard`: what is asked about is among the unknown words.
    `asks`: it is a question or a wonder, and no deed; `prepares`: it is only done to do what comes next.
    `points`: it says "it" of what was named just before.
    """

    verb: Verb | None = None
    mentions: tuple[Mention, ...] = ()
    code: str | None = None
    unknown: tuple[str, ...] = ()
    sure: bool = True
    unheard: bool = False
    asks: bool = False
    prepares: bool = False
    points: bool = False

    @property
    def says_something(self) -> bool:
        """Whether anything in it was read."""
        return self.verb is not None or bool(self.mentions) or self.code is not None


Lexicon = Mapping[str, frozenset[str]]
"""What each word names now: ids of places, doors, items, people, and topics as `topic:person:id`. Korean words without blanks."""
