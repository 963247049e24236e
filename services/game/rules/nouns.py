"""The places, doors, items and locks of a scenario."""

from dataclasses import dataclass
from enum import StrEnum

from services.game.rules.commands import Verb
from services.game.rules.effects import Effect
from services.game.rules.expressions import Test


class Kind(StrEnum):
    """What an id names. Ids are unique across all kinds of one pack; the value is the first part of its text keys."""

    PLACE = "place"
    DOOR = "door"
    ITEM = "item"
    PERSON = "person"
    LOCK = "lock"
    CLUE = "clue"
    CONDITION = "condition"
    RULE = "rule"
    ENDING = "ending"
    AGENDA = "agenda"
    OVERHEARD = "overheard"
    LORE = "lore"


class LockKind(StrEnum):
    """What opens a lock: a key, a code, items used in order, items brought together, someone's trust, the hour, or only an effect."""

    KEY = "key"
    CODE = "code"
    SEQUENCE = "sequence"
    ITEMS = "items"
    TRUST = "trust"
    TIMED = "timed"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A bounded number. `cap` is the most it may change in a turn, `day_cap` in a day; None: no such bound. `shown`: the player sees it."""

    initial: int
    minimum: int
    maximum: int
    cap: int | None = None
    day_cap: int | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A text for when the test holds (None: always)."""

    when: Test | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A way from a place to another: through a door, if one is named; there at all only while `when` holds. `slots` is its cost."""

    to: str
    door: str | None = None
    when: Test | None = None
    slots: int = 1
    noise: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A room. The first of `descriptions` that holds is what it looks like; there is always one. `hides`: one can hide there."""

    place_id: str
    exits: tuple[Exit, ...]
    descriptions: tuple[Variant, ...]
    hides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A door between places; the exits name it."""

    door_id: str
    places: tuple[str, ...]
    starts_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What using (or combining) an item comes to: `on` is a thing, door or person; None: by itself. `noise` None: as the verb's."""

    use_id: str
    verb: Verb
    on: str | None
    when: Test | None
    effects: tuple[Effect, ...]
    consumes: bool
    slots: int
    noise: int | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing. `start` is the id of a place, item or person, or `player` or `gone`.

    Things lie in or on other things; only a `container` can be closed over them. A `hidden` item is there but not seen
    until it is found or revealed. One that `hides` can be hidden in or behind.
    """

    item_id: str
    start: str
    portable: bool
    hidden: bool
    readable: bool
    container: bool
    starts_open: bool
    hides: bool
    states: tuple[str, ...]
    descriptions: tuple[Variant, ...]
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What must hold before something can be tried, and the text that says no while it doesn't."""

    when: Test
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose trust opens a lock: the person's statistic has to be at least so much, and they have to be there."""

    person: str
    statistic: str
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The slots of a day (None: of every day) from the first to the last, both included."""

    day: int | None
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock on a door or container. `attempts` bounds wrong tries (None: no bound).

    What opens it is, by kind: one of `keys`; `code`, which who has learnt the clue `known_by` need not type; the items of
    `sequence` used in that order; all of `items` in hand or in the locked thing, which `consumes` takes out of the game;
    `trust`; nothing but the `hours`.
    """

    lock_id: str
    on: str
    kind: LockKind
    keys: tuple[str, ...]
    code: str | None
    known_by: str | None
    sequence: tuple[str, ...]
    items: tuple[str, ...]
    consumes: bool
    trust: Trust | None
    hours: tuple[Hours, ...]
    needs: tuple[Need, ...]
    starts_locked: bool
    attempts: int | None
    on_open: tuple[Effect, ...]
    on_fail: tuple[Effect, ...]
