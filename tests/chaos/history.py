"""What clients were told, held against the log that was kept: I1, I2, I4 and I6, in time linear in both."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

ON_ITS_WAY_SECONDS = 5.0
"""How long an answer may take to its client: what was a fact before Redis was wiped may be told after it."""


class Outcome(Enum):
    """What a client was told of an action in the end."""

    TURN = "turn"
    """It is a turn: acknowledged."""
    SETTLED = "settled"
    """It was answered and spent no turn."""
    STALE = "stale"
    """The game had moved on: it is no turn."""
    UNKNOWN = "unknown"
    """Nothing: the client gave up."""


@dataclass(slots=True, kw_only=True)
class Told:
    """One client's action, from its first sending to its last answer; times are of one monotonic clock."""

    game: str
    key: str
    expected: int
    asked: str
    invoked: float
    completed: float | None = None
    outcome: Outcome = Outcome.UNKNOWN
    turn: int = -1
    text: str = ""
    """The telling, as the last event had it."""
    shown: str = ""
    """The telling, as the deltas after the last reset had it."""
    resolved: str = ""
    """A digest of what the rules were said to have decided."""
    replicated: bool = False
    retries: int = 0
    resumes: int = 0
    contested: bool = False
    """Whether another action of the same game was sent at the same time."""
    abandoned: list[str] = field(default_factory=list)
    """Texts that earlier streams had shown when they broke and were not resumed."""
    resets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row of the final log."""

    number: int
    key: str
    asked: str
    text: str | None
    """The telling; None: there is none."""
    resolved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A promise that was broken, where, and how it shows."""

    invariant: str
    game: str
    detail: str

    def __str__(self) -> str:
        return f"{self.invariant} game {self.game}: {self.detail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a history came to. `forgiven`: acknowledged turns marked LOCAL that, or whose telling, went with a wiped Redis, as they may."""

    violations: tuple[Violation, ...]
    acknowledged: int
    forgiven: int


def check(history: Iterable[Told], log: Mapping[str, Sequence[Kept]], wipes: Sequence[float] = ()) -> Verdict:
    """Holds every answer against the log. `wipes`: when Redis lost everything while PostgreSQL may have lacked something."""
    by_game: defaultdict[str, list[Told]] = defaultdict(list)
    for told in history:
        by_game[told.game].append(told)
    violations: list[Violation] = []
    acknowledged = forgiven = 0
    for game in by_game.keys() | log.keys():
        one = _Game(game, by_game[game], log.get(game, ()), wipes)
        one.check()
        violations += one.violations
        acknowledged += sum(told.outcome is Outcome.TURN for told in one.history)
        forgiven += one.forgiven
    return Verdict(violations=tuple(violations), acknowledged=acknowledged, forgiven=forgiven)


class _Game:
    def __init__(self, game: str, history: Sequence[Told], log: Sequence[Kept], wipes: Sequence[float]) -> None:
        self.game = game
        self.history = history
        self.violations: list[Violation] = []
        self.forgiven = 0
        self._log = log
        self._wipes = wipes
        self._rows = {row.number: row for row in log}
        self._keys = {row.key: row for row in log if row.key}

    def check(self) -> None:
        self._check_log()
        acknowledged = [told for told in self.history if told.outcome is Outcome.TURN]
        kept = [told for told in acknowledged if self._is_kept(told)]
        self._check_once(kept)
        self._check_order(kept)
        for told in self.history:
            self._check_no_turn(told)
            self._check_shown(told)

    def _fault(self, invariant: str, detail: str) -> None:
        self.violations.append(Violation(invariant=invariant, game=self.game, detail=detail))

    def _check_log(self) -> None:
        """I2: each number and each key once, none that nobody sent."""
        if len(self._rows) < len(self._log):
            self._fault("I2", "a number stands twice in the log")
        if len(self._keys) < sum(bool(row.key) for row in self._log):
            self._fault("I2", "a key stands twice in the log")
        sent = {told.key: told for told in self.history}
        for row in self._log:
            if row.number == 0:
                continue
            if row.key not in sent:
                self._fault("I2", f"row {row.number} has key {row.key!r}, which nobody sent")
            elif sent[row.key].expected + 1 != row.number:
                self._fault("I2", f"row {row.number} has key {row.key!r}, which expected turn {sent[row.key].expected}")
            elif sent[row.key].asked != row.asked:
                self._fault("I2", f"row {row.number} has key {row.key!r} with {row.asked}, which was sent with {sent[row.key].asked}")

    def _is_kept(self, told: Told) -> bool:
        """I1: what was acknowledged is in the log, the same."""
        row = self._keys.get(told.key)
        if row is None:
            if not told.replicated and self._wiped_since(told.completed):
                self.forgiven += 1
            else:
                there = self._rows.get(told.turn)
                self._fault("I1", f"turn {told.turn} was acknowledged and is not in the log: {told}; at its place is {there}")
            return False
        if row.number != told.turn:
            self._fault("I1", f"key {told.key!r} was acknowledged as turn {told.turn} and is turn {row.number}")
        if row.text != told.text and not told.replicated and self._wiped_since(told.completed):
            # PostgreSQL had the turn and not yet its telling: it was told anew.
            self.forgiven += 1
            return False
        if row.text != told.text:
            self._fault("I1", f"turn {told.turn} was acknowledged with the text {told.text!r} and is kept with {row.text!r}")
        if told.resolved and row.resolved != told.resolved:
            self._fault("I1", f"turn {told.turn} was resolved otherwise than it is kept")
        return True

    def _check_once(self, kept: Iterable[Told]) -> None:
        """I2: every answer to a key is the same, and a number is one key's."""
        answers: dict[str, tuple[int, str]] = {}
        owners: dict[int, str] = {}
        for told in kept:
            if answers.setdefault(told.key, (told.turn, told.text)) != (told.turn, told.text):
                self._fault("I2", f"key {told.key!r} was answered in two ways")
            if owners.setdefault(told.turn, told.key) != told.key:
                self._fault("I2", f"turn {told.turn} was acknowledged to {owners[told.turn]!r} and to {told.key!r}")

    def _check_order(self, kept: Iterable[Told]) -> None:
        """I4: a turn that was over before another was asked for has the lower number."""
        soonest, soonest_turn = float("inf"), -1
        for told in sorted(kept, key=lambda one: -one.turn):
            if told.invoked > soonest:
                self._fault("I4", f"turn {told.turn} was asked for after turn {soonest_turn} was over")
            if told.completed is not None and told.completed < soonest:
                soonest, soonest_turn = told.completed, told.turn

    def _check_no_turn(self, told: Told) -> None:
        """I2: what was said to be no turn is none."""
        if told.outcome in {Outcome.STALE, Outcome.SETTLED} and told.key in self._keys and not self._wiped_since(told.invoked):
            self._fault("I2", f"key {told.key!r} was said to be no turn ({told.outcome.value}) and is turn {self._keys[told.key].number}")
        if told.outcome is Outcome.STALE and not told.contested and not self._wiped_since(0):
            self._fault("I2", f"key {told.key!r} was the only one sent and its game had moved on")

    def _check_shown(self, told: Told) -> None:
        """I6: what was shown is what is kept, and what broken streams had shown is its beginning, or they were told to forget it."""
        if told.outcome is not Outcome.TURN:
            return
        if told.shown != told.text:
            self._fault("I6", f"turn {told.turn} was shown as {told.shown!r} and is kept as {told.text!r}")
        for text in told.abandoned:
            if not told.text.startswith(text) and not told.resets and not self._wiped_since(told.invoked):
                self._fault("I6", f"turn {told.turn} had shown {text!r}, is kept as {told.text!r}, and no reset was sent")

    def _wiped_since(self, moment: float | None) -> bool:
        return any(moment is None or wipe + ON_ITS_WAY_SECONDS >= moment for wipe in self._wipes)
