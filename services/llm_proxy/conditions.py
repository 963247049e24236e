"""How a model server's model is: a state machine that knows no clock of its own, in which every state has a way out."""

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

SATURATED_SECONDS = 2.0
SUSPECT_SECONDS = 10.0
"""After how long one that was left alone because it hung once is tried again."""
OPEN_SECONDS = 5.0
MAX_OPEN_SECONDS = 60.0
LEASE_SECONDS = 30.0
"""After how long a trial that nobody brought to an end no longer keeps others from trying."""
FAULTS_IN_A_ROW = 5
WINDOW_SECONDS = 30.0
WINDOW_LEAST = 10
TRIALS_TO_CLOSE = 2
PROBE_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""How long one that is away is left alone, time after time."""

Chance: TypeAlias = Callable[[], float]
"""A number from 0 to 1, each time another."""


class State(StrEnum):
    """How a model of a server is. Who sees it leave which state, and why: `Condition.note` and `Condition.at`."""

    UNKNOWN = "unknown"
    READY = "ready"
    SATURATED = "saturated"
    """It has no room: asked last, for a moment."""
    SUSPECT = "suspect"
    """It was silent once, and no token was seen since: asked only where nothing better is left."""
    OPEN = "open"
    """It failed too often: left alone for a while."""
    HALF_OPEN = "half_open"
    """One at a time may try it; two successes close it."""
    OFFLINE = "offline"
    """It is not there: only probes reach out."""
    MISCONFIGURED = "misconfigured"
    """It refuses us, or does not serve this model: only probes reach out, or somebody changes something."""


class Signal(StrEnum):
    """What was noticed. A request's own faults and callers who leave are no signals."""

    TOKEN = "token"  # noqa: S105  a token of text
    DONE = "done"
    """A whole text."""
    LISTED = "listed"
    """Its model list came, and the model stands on it."""
    BUSY = "busy"
    SILENT = "silent"
    """No first token, or no next one, in time."""
    FAULT = "fault"
    AWAY = "away"
    REFUSED = "refused"


_IN_SERVICE = frozenset({State.UNKNOWN, State.READY, State.SATURATED, State.SUSPECT})


class Condition:
    """One model of one server, or the server as a whole."""

    __slots__ = ("_absences", "_chance", "_in_a_row", "_leased_until", "_openings", "_outcomes", "_trials", "_until", "reason", "state")

    def __init__(self, chance: Chance, state: State = State.UNKNOWN) -> None:
        self.state = state
        self.reason = ""
        """The reason of the last signal that was none of success; empty when READY."""
        self._chance = chance
        self._until = 0.0
        self._leased_until = 0.0
        self._in_a_row = 0
        self._openings = 0
        self._absences = 0
        self._trials = 0
        self._outcomes: deque[tuple[float, bool]] = deque()

    def at(self, now: float) -> State:
        """The state, after time has done its part."""
        if now >= self._until:
            if self.state is State.SATURATED:
                self._ready()
            elif self.state in {State.SUSPECT, State.OPEN}:
                self.state, self._trials, self._leased_until = State.HALF_OPEN, 0, 0.0
        return self.state

    def note(self, signal: Signal, now: float, reason: str = "") -> None:
        """Takes a signal in."""
        self.at(now)
        match signal:
            case Signal.TOKEN:
                if self.state in {State.SUSPECT, State.UNKNOWN}:
                    self._ready()
            case Signal.LISTED:
                if self.state in {State.UNKNOWN, State.OFFLINE, State.MISCONFIGURED}:
                    self._ready()
            case Signal.DONE:
                self._done(now)
            case Signal.BUSY:
                if self.state in _IN_SERVICE:
                    self._become(State.SATURATED, reason, now + SATURATED_SECONDS)
            case Signal.SILENT | Signal.FAULT:
                self._failed(now, reason, silent=signal is Signal.SILENT)
            case Signal.AWAY | Signal.REFUSED:
                pause = PROBE_SECONDS[min(self._absences, len(PROBE_SECONDS) - 1)] if signal is Signal.AWAY else PROBE_SECONDS[-1]
                self._absences += 1
                self._become(State.OFFLINE if signal is Signal.AWAY else State.MISCONFIGURED, reason, now + pause)

    def next_probe(self, now: float) -> float | None:
        """In how many seconds a probe should go out; None: none is needed."""
        if self.state is State.UNKNOWN:
            return 0.0
        return max(0.0, self._until - now) if self.state in {State.OFFLINE, State.MISCONFIGURED} else None

    def lease(self, now: float) -> None:
        """Takes the one place of a HALF_OPEN."""
        self._leased_until = now + LEASE_SECONDS

    def release(self) -> None:
        """Gives the place back, however the trial went."""
        self._leased_until = 0.0

    def leased(self, now: float) -> bool:
        """Whether somebody is trying it."""
        return now < self._leased_until

    def rest(self, now: float) -> float:
        """How many seconds are left of the present state, where it ends by itself."""
        return max(0.0, self._until - now)

    def _done(self, now: float) -> None:
        self._in_a_row = 0
        self._absences = 0
        self._outcome(now, good=True)
        if self.state in {State.OPEN, State.HALF_OPEN}:
            self._trials += 1
            if self._trials >= TRIALS_TO_CLOSE:
                self._openings = 0
                self._outcomes.clear()
                self._ready()
        elif self.state is not State.SATURATED:
            self._ready()

    def _failed(self, now: float, reason: str, *, silent: bool) -> None:
        self._in_a_row += 1
        self._outcome(now, good=False)
        if self.state in {State.OFFLINE, State.MISCONFIGURED, State.OPEN}:
            return
        if self.state is State.HALF_OPEN or (silent and self.state is State.SUSPECT) or self._too_often():
            seconds = min(MAX_OPEN_SECONDS, OPEN_SECONDS * 2 ** min(self._openings, 10)) * (0.8 + 0.4 * self._chance())
            self._openings += 1
            self._trials = 0
            self._become(State.OPEN, reason, now + seconds)
        elif silent:
            self._become(State.SUSPECT, reason, now + SUSPECT_SECONDS)
        else:
            self.reason = reason

    def _too_often(self) -> bool:
        bad = sum(not good for _, good in self._outcomes)
        return self._in_a_row >= FAULTS_IN_A_ROW or (len(self._outcomes) >= WINDOW_LEAST and 2 * bad >= len(self._outcomes))

    def _outcome(self, now: float, *, good: bool) -> None:
        self._outcomes.append((now, good))
        while self._outcomes[0][0] < now - WINDOW_SECONDS or len(self._outcomes) > 1000:
            self._outcomes.popleft()

    def _ready(self) -> None:
        self._become(State.READY, "", 0.0)

    def _become(self, state: State, reason: str, until: float) -> None:
        self.state, self.reason, self._until = state, reason, until
