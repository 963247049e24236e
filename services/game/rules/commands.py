"""What a player can ask of the rules, and how the rules say no."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """The things one can do: a closed set, named as in the contract."""

    LOOK = "look"
    INVENTORY = "inventory"
    STATUS = "status"
    MAP = "map"
    NOTES = "notes"
    HELP = "help"
    MOVE = "move"
    SEARCH = "search"
    EXAMINE = "examine"
    TAKE = "take"
    DROP = "drop"
    GIVE = "give"
    SHOW = "show"
    USE = "use"
    COMBINE = "combine"
    OPEN = "open"
    CLOSE = "close"
    UNLOCK = "unlock"
    READ = "read"
    TALK = "talk"
    PERSUADE = "persuade"
    LIE = "lie"
    ACCUSE = "accuse"
    HIDE = "hide"
    LISTEN = "listen"
    FOLLOW = "follow"
    WAIT = "wait"
    SLEEP = "sleep"


FREE_VERBS = frozenset({Verb.LOOK, Verb.INVENTORY, Verb.STATUS, Verb.MAP, Verb.NOTES, Verb.HELP})
"""The verbs that never change anything: `decide` answers them with no events."""

NIGHT_VERBS = FREE_VERBS | {Verb.HIDE, Verb.LISTEN, Verb.WAIT, Verb.SLEEP}
"""What can be done by night."""

QUIET_VERBS = NIGHT_VERBS | {Verb.EXAMINE}
"""What can be done without coming out of hiding."""

CODE_LENGTH_MAX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing the player does; which fields a verb needs is in the contract's `Command`."""

    verb: Verb
    object: str | None = None
    target: str | None = None
    topic: str | None = None
    code: str | None = None
    clues: tuple[str, ...] = ()


class Refused(Exception):  # noqa: N818 (it is an answer of the rules, not an error of the program)
    """A command that is impossible now. No turn is spent.

    `key` names a text that every locale of the pack has; `params` fill it: the value is an id of the pack
    where it names a thing, a place, a person or a topic, and otherwise the words themselves.
    """

    def __init__(self, key: str, **params: str) -> None:
        super().__init__(key)
        self.key = key
        self.params: Mapping[str, str] = params
