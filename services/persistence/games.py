"""Games and the rows of their logs, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.persistence.traces import Traces


class Status(StrEnum):
    """Where a game stands."""

    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    SUSPENDED = "SUSPENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """A game as it stands. `state` is the canonical state, Zstandard-compressed; the fields are named as the columns are."""

    game_id: UUID
    player_id: UUID
    scenario_id: str
    pack_hash: str
    locale: str
    seed: str
    asked: str
    epoch: int
    number: int
    branch_id: str
    depth: int
    status: Status
    ending_id: str | None
    state: bytes
    state_hash: bytes
    create_time: datetime
    update_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A row of a game's log: a turn, or a jump to another. `record` and `telling` are JSON texts; fields are named as the columns are."""

    game_id: UUID
    number: int
    parent: int | None
    branch_id: str
    depth: int
    revision: int
    request_id: str | None
    action_hash: bytes
    text: str
    record: str
    rule_hash: bytes
    state_hash: bytes
    telling: str | None
    create_time: datetime
    ending_id: str | None
    jump: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedGame:
    """A game that is to be written, with the rows that are, in the order of their numbers, and how they came about."""

    game: Game
    rows: tuple[LogRow, ...]
    traces: Traces = field(default_factory=Traces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is stored of a game already; `rule_hashes` has those of the stored rows that were sent again, by number."""

    player_id: UUID
    scenario_id: str
    seed: str
    epoch: int
    number: int
    rule_hashes: Mapping[int, bytes]


class Verdict(StrEnum):
    """What became of a game that was to be written."""

    SAVED = "SAVED"
    STALE = "STALE"
    DIVERGED = "DIVERGED"
    GAP = "GAP"
    POISON = "POISON"
    ERASED = "ERASED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a game that was to be written, and why. `game_id` is as the caller sent it."""

    game_id: str
    verdict: Verdict
    detail: str = ""
