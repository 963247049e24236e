"""The scenario as the rules see it: compiled, checked, immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.game.rules.commands import Verb
from services.game.rules.effects import Effect
from services.game.rules.events import Event, EventKind
from services.game.rules.expressions import Test
from services.game.rules.state import Status


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


class EndingKind(StrEnum):
    """How a game can come out."""

    VICTORY = "victory"
    FAILURE = "failure"
    SECRET = "secret"  # noqa: S105 (an ending that few find, no password)


class EndingTrigger(StrEnum):
    """When an ending is looked for: after what the player did, when a slot passes, at a day's end, when time has run out."""

    ACTION = "action"
    TICK = "tick"
    NIGHT = "night"
    TIME = "time"


class LockKind(StrEnum):
    """What opens a lock: one of its keys, its code, or only an effect."""

    KEY = "key"
    CODE = "code"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A bounded number. `cap` is the most it may change in one turn; None: no such bound. `shown`: the player sees it."""

    initial: int
    minimum: int
    maximum: int
    cap: int | None = None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A room. The first of `descriptions` that holds is what it looks like; there is always one."""

    place_id: str
    exits: tuple[Exit, ...]
    descriptions: tuple[Variant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A door between places; the exits name it."""

    door_id: str
    places: tuple[str, ...]
    starts_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What using (or combining) an item comes to: `on` is the id of a thing, door or person; None: used by itself."""

    use_id: str
    verb: Verb
    on: str | None
    when: Test | None
    effects: tuple[Effect, ...]
    consumes: bool
    slots: int
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing. `start` is the id of a place, item or person, or `player` or `gone`.

    Things lie in or on other things; only a `container` can be closed over them. A `hidden` item is there but not seen
    until it is found or revealed.
    """

    item_id: str
    start: str
    portable: bool
    hidden: bool
    readable: bool
    container: bool
    starts_open: bool
    states: tuple[str, ...]
    descriptions: tuple[Variant, ...]
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What must hold before something can be tried, and the text that says no while it doesn't."""

    when: Test
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock on a door or container. `attempts` bounds wrong tries (None: no bound).

    `known_by` is the clue that gives the code away: who has learnt it need not type the code.
    """

    lock_id: str
    on: str
    kind: LockKind
    keys: tuple[str, ...]
    code: str | None
    known_by: str | None
    needs: tuple[Need, ...]
    starts_locked: bool
    attempts: int | None
    on_open: tuple[Effect, ...]
    on_fail: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase of a person: entered when `enter_when` holds, held until `leave_when` does.

    `adapter` names the LoRA adapter that speaks the person's lines in it; None: the base model with the persona.
    """

    phase_id: str
    enter_when: Test | None
    leave_when: Test | None
    adapter: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where a person is from a slot of a day on (`day` None: of every day) until the next stay begins; `place` None: nowhere."""

    day: int | None
    slot: int
    place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something a person can be talked with about. The first of `lines` that holds is what they say."""

    topic_id: str
    when: Test | None
    once: bool
    lines: tuple[Variant, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a person does when an item (None: any) is given or shown to them. `accepts`: they keep what is given."""

    verb: Verb
    item: str | None
    when: Test | None
    accepts: bool
    text: str | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person. The first of `phases` is the one they begin in; `moods` likewise."""

    person_id: str
    start: str | None
    status: Status
    speech: str
    statistics: Mapping[str, Statistic]
    moods: tuple[str, ...]
    phases: tuple[Phase, ...]
    schedule: tuple[Stay, ...]
    topics: Mapping[str, Topic]
    reactions: tuple[Reaction, ...]
    knows: frozenset[str]

    def phase(self, phase_id: str) -> Phase | None:
        """The phase of that id; None where the person has no such phase."""
        return next((phase for phase in self.phases if phase.phase_id == phase_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A pattern of events: a field that is None fits anything."""

    kind: EventKind
    subject: str | None = None
    object: str | None = None
    place: str | None = None
    value: str | int | None = None

    def fits(self, event: Event) -> bool:
        """Whether the event is of the kind, and equal in every field that the trigger names."""
        return (
            self.kind == event.kind
            and (self.subject is None or self.subject == event.subject)
            and (self.object is None or self.object == event.object)
            and (self.place is None or self.place == event.place)
            and (self.value is None or self.value == event.value)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """On any of the events, when the test holds, the effects happen. Without `on` it is looked at when a turn's own events are done."""

    rule_id: str
    on: tuple[Trigger, ...]
    when: Test | None
    effects: tuple[Effect, ...]
    once: bool
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something the player or a person can be under: the verbs it keeps them from, and how long it lasts unless said (0: until ended)."""

    condition_id: str
    blocks: frozenset[Verb]
    turns: int
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A way the game comes out."""

    ending_id: str
    kind: EndingKind
    trigger: EndingTrigger | None
    when: Test | None
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of one locale, the standard ones included. Both are by key: `item.key.name`; aliases by `item.key`."""

    strings: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A compiled scenario. `pack_hash` is the content hash a game is pinned to (64 hex digits)."""

    scenario_id: str
    version: str
    pack_hash: str
    rating: str
    days: int
    slots_per_day: int
    evening_from: int
    """The slot with which the evening begins; `slots_per_day` + 1: there is none."""
    start: str
    sleep_when: Test | None
    statistics: Mapping[str, Statistic]
    flags: Mapping[str, bool]
    variables: Mapping[str, Statistic]
    conditions: Mapping[str, Condition]
    places: Mapping[str, Place]
    doors: Mapping[str, Door]
    items: Mapping[str, Item]
    people: Mapping[str, Person]
    locks: Mapping[str, Lock]
    clues: tuple[str, ...]
    rules: tuple[Rule, ...]
    """Rules and what clues are learnt by, the highest priority first."""
    endings: Mapping[str, Ending]
    """The highest priority first."""
    kinds: Mapping[str, Kind]
    """Every id of the pack, and what it names."""
    texts: Mapping[str, Texts]
    """By locale: "ko" and "en"."""
    locks_on: Mapping[str, Lock] = field(init=False)
    """The lock on a door or container, by the id of that."""
    rules_on: Mapping[EventKind, tuple[Rule, ...]] = field(init=False)
    """The rules that an event of a kind can set off, the highest priority first."""
    resting_rules: tuple[Rule, ...] = field(init=False)
    """The rules without `on`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "locks_on", {lock.on: lock for lock in self.locks.values()})
        by_kind: dict[EventKind, tuple[Rule, ...]] = {}
        for rule in self.rules:
            for kind in {trigger.kind for trigger in rule.on}:
                by_kind[kind] = (*by_kind.get(kind, ()), rule)
        object.__setattr__(self, "rules_on", by_kind)
        object.__setattr__(self, "resting_rules", tuple(rule for rule in self.rules if not rule.on))

    def path(self, named: str) -> str:
        """The text key that a thing's own texts begin with: `item.key` for `key`. KeyError: the pack declares no such id."""
        return f"{self.kinds[named]}.{named}"

    def has_text(self, key: str) -> bool:
        """Whether the pack has the text: in every locale or in none."""
        return any(key in texts.strings for texts in self.texts.values())

    def text(self, key: str, locale: str) -> str:
        """The template of that key. KeyError: the pack has none, which the compiler does not let happen for keys it hands out."""
        return self.texts[locale].strings[key]

    def name(self, named: str, locale: str) -> str:
        """What the thing, place, person, clue … of that id is called."""
        return self.texts[locale].strings[f"{self.path(named)}.name"]

    def aliases(self, named: str, locale: str) -> tuple[str, ...]:
        """Other words for it, as a player may write them."""
        return self.texts[locale].aliases.get(self.path(named), ())

    def topic_path(self, person: str, topic: str) -> str:
        """The text key that a topic's own texts begin with (`….name`); its aliases are in `Texts.aliases` by the same key."""
        return f"{self.path(person)}.topic.{topic}"
