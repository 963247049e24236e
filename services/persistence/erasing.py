"""What is erased: how it is remembered without its name, so that nothing of it comes back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.persistence.games import Game, Outcome, Verdict


class Kind(StrEnum):
    """What can be erased."""

    GAME = "GAME"
    PLAYER = "PLAYER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Something that is erased here and has yet to go from the live store. `number`: of a game's last turn, as far as it is known."""

    subject_id: UUID
    kind: Kind
    create_time: datetime
    number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Burial:
    """What is remembered of an erased game or player."""

    subject_hash: bytes


def player_hash(player_id: UUID) -> bytes:
    """SHA-256 of a player's id: 122 random bits, which nobody guesses back."""
    return hashlib.sha256(player_id.bytes).digest()


def game_hash(player_id: UUID, game_id: UUID) -> bytes:
    """SHA-256 of a game's id and its player's: only who knows both is answered."""
    return hashlib.sha256(player_id.bytes + game_id.bytes).digest()


def buried_as(subject_hash: bytes) -> str:
    """What the audit calls something that was erased: who knows its id can find the entry, and nobody can find the id."""
    return f"sha256:{subject_hash.hex()}"


def erased(game: Game) -> Outcome:
    """The outcome of a game that was sent after it was erased."""
    return Outcome(game_id=str(game.game_id), verdict=Verdict.ERASED, detail="the game or its player was erased")
