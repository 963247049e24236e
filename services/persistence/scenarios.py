"""Scenarios as the catalogue shows them, and the packs behind them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A scenario's title and summary in one language."""

    locale: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What one may know of a scenario before playing it."""

    scenario_id: str
    version: str
    pack_hash: str
    rating: str
    words: tuple[Words, ...]
    days: int
    slots_per_day: int
    endings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack's files (path in the pack → text) under their content hash, with its entry in the catalogue."""

    scenario: Scenario
    files: Mapping[str, str]
