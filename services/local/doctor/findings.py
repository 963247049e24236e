"""What was looked at, how it is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something is."""

    WELL = "well"
    WARNING = "warning"
    """It works, and could be better or soon won't."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `advice` says what to do; empty where nothing is to be done."""

    about: str
    state: State
    says: str
    advice: str = ""


def well(about: str, says: str) -> Finding:
    """It is as it should be."""
    return Finding(about=about, state=State.WELL, says=says)


def warning(about: str, says: str, advice: str) -> Finding:
    """It works, and could be better."""
    return Finding(about=about, state=State.WARNING, says=says, advice=advice)


def wrong(about: str, says: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(about=about, state=State.WRONG, says=says, advice=advice)
