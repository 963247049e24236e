"""What happens: the outcomes that `decide` gives and that alone change the state."""

from enum import StrEnum
from typing import NamedTuple


class EventKind(StrEnum):
    """The kinds of happening. The first group is the contract's `Event.Kind`; the second never leaves the game."""

    BEGAN = "began"
    MOVED = "moved"
    SEARCHED = "searched"
    FOUND = "found"
    EXAMINED = "examined"
    TAKEN = "taken"
    DROPPED = "dropped"
    GIVEN = "given"
    SHOWN = "shown"
    USED = "used"
    CONSUMED = "consumed"
    STATE_CHANGED = "state_changed"
    OPENED = "opened"
    CLOSED = "closed"
    UNLOCKED = "unlocked"
    UNLOCK_FAILED = "unlock_failed"
    LOCKED = "locked"
    READ = "read"
    TALKED = "talked"
    LEARNT = "learnt"
    STATISTIC_CHANGED = "statistic_changed"
    PHASE_CHANGED = "phase_changed"
    MOOD_CHANGED = "mood_changed"
    CONDITION_STARTED = "condition_started"
    CONDITION_ENDED = "condition_ended"
    WAITED = "waited"
    SLEPT = "slept"
    TIME_PASSED = "time_passed"
    DAY_BEGAN = "day_began"
    HAPPENED = "happened"
    ENDED = "ended"
    COMBINED = "combined"
    HID = "hid"
    LISTENED = "listened"
    FOLLOWED = "followed"
    PERSUADED = "persuaded"
    LIED = "lied"
    ACCUSED = "accused"
    NIGHT_FELL = "night_fell"

    FLAG_SET = "flag_set"
    """The flag `object` is now `value` (0 or 1)."""
    VARIABLE_SET = "variable_set"
    """The variable `object` is now `value`."""
    ITEM_MOVED = "item_moved"
    """The item `object` is now in `place`: a place, item or person, `player` or `gone`."""
    STATUS_CHANGED = "status_changed"
    """The person `subject` is now `value`: well, asleep, missing or dead."""
    INFORMED = "informed"
    """The person `subject` now knows the clue `object`."""
    RULE_FIRED = "rule_fired"
    """The rule `object`, or what happens by night or is overheard, has fired for the first time."""
    SCHEDULED = "scheduled"
    """The rule `object` is due when `value` slots have passed since the game began; `value` None: it is not any more."""
    DUE = "due"
    """The time of the scheduled rule `object` has come."""
    HEARD = "heard"
    """The person `subject` noticed the noise `value` of the deed `object` (a verb) in `place`."""
    EMERGED = "emerged"
    """The player hides no more."""
    STEPPED = "stepped"
    """The sequence of the lock on `object` has come to the step `value`."""
    JUDGED = "judged"
    """The player's words were taken by `subject` as the label `value` says."""
    TURN_TAKEN = "turn_taken"
    """The turn is over: the last event of every turn."""


INTERNAL_KINDS = frozenset(
    {
        EventKind.FLAG_SET,
        EventKind.VARIABLE_SET,
        EventKind.ITEM_MOVED,
        EventKind.STATUS_CHANGED,
        EventKind.INFORMED,
        EventKind.RULE_FIRED,
        EventKind.SCHEDULED,
        EventKind.DUE,
        EventKind.HEARD,
        EventKind.EMERGED,
        EventKind.STEPPED,
        EventKind.JUDGED,
        EventKind.TURN_TAKEN,
    }
)
"""The kinds that the contract does not have; their events are always hidden."""

_SPOKEN_KINDS = frozenset({EventKind.TALKED, EventKind.HAPPENED})


class Event(NamedTuple):
    """One outcome. `subject`, `object`, `place` and `value` mean what the contract's `Event` says, by kind.

    `text` is the key of the pack's own line for it, absent where the standard line of the kind tells it.
    `hidden` events are not the player's to know: they go to no client and no prompt.
    """

    kind: EventKind
    subject: str | None = None
    object: str | None = None
    place: str | None = None
    value: str | int | None = None
    text: str | None = None
    hidden: bool = False

    @property
    def speaker(self) -> str | None:
        """The person who says the event's text; None where it is narration."""
        return self.subject if self.kind in _SPOKEN_KINDS and self.text is not None else None
