"""What one generation has been through, and what it may still try."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID, uuid4

from services.llm_proxy.conditions import Chance
from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.generation import Ask, Message, Policy
from services.llm_proxy.routing import Choice, Tried
from services.llm_proxy.verdicts import Again, verdict

MAX_ATTEMPTS = 3
MOMENT_SECONDS = 0.05
MOST_MOMENT_SECONDS = 1.0
"""Before a server that failed is asked again: from nothing to this, by chance."""
ROOM_SECONDS = 0.2
MOST_ROOM_SECONDS = 2.0
"""Before a server that had no room is asked again, likewise."""
TO_SPARE_SECONDS = 0.5
SLOWER = 1.2
"""Nothing is tried again that would need more than the caller's time: so many usual first tokens, and something to spare."""
_BROKE_OFF = frozenset({"STREAM_INTERRUPTED", "STREAM_TRUNCATED", "STREAM_STALLED", "BACKEND_PROTOCOL_ERROR", "BACKEND_OVERLOADED"})


Clock: TypeAlias = Callable[[], float]
"""Seconds that only grow."""


@dataclass(slots=True, kw_only=True)
class Journey:
    """One generation's way from server to server. Times are the clock's seconds."""

    ask: Ask
    began: float
    deadline: float
    streamed: bool
    """Whether text is handed on as it comes: then the first piece of it is the last chance of another attempt."""
    call_id: UUID = field(default_factory=uuid4)
    attempts: int = 0
    backend: str = ""
    model: str = ""
    fault: Fault | None = None
    forgiven: bool = False
    """Whether a lost connection has been forgiven once: a kept-alive one may have been closed by its server."""
    sent: list[str] = field(default_factory=list)
    """Pieces of text that the caller has."""
    continued: bool = False
    out_of_budget: bool = False
    first_text_at: float | None = None
    attempt_began: float | None = None
    """When the attempt began whose text came first."""
    came_from: str = ""
    """The backend of the attempt before."""
    served_seconds: float = 0.0
    """Seconds that servers were at it."""
    waited_seconds: float = 0.0
    """Seconds that there was no room."""
    _times: dict[int, int] = field(default_factory=dict)
    _gone: set[int] = field(default_factory=set)
    _spent: set[tuple[int, str | None]] = field(default_factory=set)

    @property
    def tried(self) -> Tried:
        """What a choice has to leave out."""
        return Tried(times=self._times, gone=self._gone, spent=self._spent, model=self.model if self.continued else "")

    @property
    def waits_for_best(self) -> bool:
        """Whether room at the second best is worse than a moment without."""
        return self.ask.route.policy is Policy.LORA_PREFERRED

    def messages(self, choice: Choice) -> tuple[Message, ...]:
        """What is sent to the chosen model."""
        asked = self.ask.fallback_messages if choice.degraded else self.ask.messages
        if not self.continued:
            return asked
        said = "".join(self.sent)
        if self.ask.continue_last_message:
            return (*asked[:-1], Message(role="assistant", text=asked[-1].text + said))
        return (*asked, Message(role="assistant", text=said))

    def forgives(self, fault: Fault) -> bool:
        """Whether a fault may be no fault at all, and the same is tried at once; this is so once."""
        if not fault.connection_lost or self.forgiven:
            return False
        self.forgiven = True
        return True

    def goes_on_after(self, choice: Choice, fault: Fault) -> bool:
        """Takes a fault in: whether anything may follow it. A server that failed for good is not chosen again."""
        means = verdict(fault)
        if self.sent:
            if self.continued or not self._may_continue(fault):
                return False
            self.continued = True
        if fault.phase is Phase.MODELS:
            self._gone.add(choice.server)
        elif fault.reason == "UNKNOWN_MODEL":
            self._spent.add((choice.server, choice.model))
        else:
            times = self._times[choice.server] = self._times.get(choice.server, 0) + 1
            if means.here is Again.NEVER or (means.here is Again.ONCE and times > 1):
                self._gone.add(choice.server)
        return means.elsewhere and self.attempts < MAX_ATTEMPTS

    def leave_out(self, servers: set[int]) -> None:
        """Has these not chosen any more."""
        self._gone |= servers

    def pause(self, server: int, fault: Fault, chance: Chance) -> float:
        """How many seconds to wait before a server that failed is asked again; 0 for another one."""
        times = self._times.get(server, 0)
        if not times:
            return 0.0
        if verdict(fault).here is Again.WHEN_ALONE:
            if fault.retry_after is not None and fault.retry_after <= timedelta(seconds=MOST_ROOM_SECONDS):
                return fault.retry_after.total_seconds()
            return chance() * min(MOST_ROOM_SECONDS, ROOM_SECONDS * float(2**times))
        return chance() * min(MOST_MOMENT_SECONDS, MOMENT_SECONDS * float(2**times))

    def has_time(self, now: float, pause: float, usual: float | None) -> bool:
        """Whether another attempt could come to something; `usual`: seconds to a first token."""
        return self.deadline - now - pause >= TO_SPARE_SECONDS + SLOWER * (usual or 0.0)

    def _may_continue(self, fault: Fault) -> bool:
        return self.ask.continue_interrupted and self.ask.schema is None and fault.reason in _BROKE_OFF
