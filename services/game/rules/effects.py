"""What a pack can make happen: a closed list of effects, as the rules see them."""

from dataclasses import dataclass

from services.game.rules.expressions import Amount, Test


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFlag:
    """The flag becomes what the test says."""

    flag: str
    value: Test


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariable:
    """The variable becomes the amount, held within its bounds."""

    variable: str
    value: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatistic:
    """The statistic of a person (None: the player) becomes the amount, held within its bounds and its cap for one turn."""

    person: str | None
    statistic: str
    value: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class SetItemState:
    """The item comes into the state."""

    item: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMood:
    """The person comes into the mood."""

    person: str
    mood: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatus:
    """The person is well, asleep, missing or dead from now on."""

    person: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveItem:
    """The item is put into a place, item or person, unseen."""

    item: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePerson:
    """The person (None: the player) goes to the place; a person may go nowhere (None)."""

    person: str | None
    place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveItem:
    """The player is given the item."""

    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeItem:
    """The item leaves the game."""

    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealItem:
    """A hidden item comes to light."""

    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealClue:
    """The player learns the clue, from a person if one is named."""

    clue: str
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inform:
    """The person learns the clue."""

    person: str
    clue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOpen:
    """The door or container opens or closes."""

    thing: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLocked:
    """The lock is locked (its door or container closes) or unlocked."""

    lock: str
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCondition:
    """The bearer (PLAYER or a person) comes under the condition; for `turns` turns, 0: until something ends it."""

    bearer: str
    condition: str
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopCondition:
    """The bearer is under the condition no more."""

    bearer: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRule:
    """The rule is due in so many slots, or (`slots` None) on that day with that slot."""

    rule: str
    slots: int | None
    day: int | None
    slot: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRule:
    """The rule is due no more."""

    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A line of the pack is told, or spoken by a person."""

    text: str
    speaker: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Some effects if the test holds, others if not."""

    test: Test
    then: tuple["Effect", ...]
    otherwise: tuple["Effect", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Some effects in `percent` of the cases, others in the rest; `label` addresses the roll."""

    percent: int
    label: str
    then: tuple["Effect", ...]
    otherwise: tuple["Effect", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The game comes to the ending."""

    ending: str


Effect = (
    SetFlag
    | SetVariable
    | SetStatistic
    | SetItemState
    | SetMood
    | SetStatus
    | MoveItem
    | MovePerson
    | GiveItem
    | TakeItem
    | RevealItem
    | RevealClue
    | Inform
    | SetOpen
    | SetLocked
    | StartCondition
    | StopCondition
    | ScheduleRule
    | CancelRule
    | Say
    | When
    | Chance
    | End
)
