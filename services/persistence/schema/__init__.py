"""The tables: the one place that says what PostgreSQL holds. The migrations lead here, and a test holds them to it.

What is absent is NULL, never an empty text. The canonical JSON of a turn is `json`, not `jsonb`: its bytes come back as they went in, so
that what was hashed can be hashed again; its CHECKs still refuse what `jsonb` could not hold, so that it can always be queried.
Every key of what belongs to a turn begins with `game_id`, so that those tables can be partitioned by its hash (docs/adr/0009).
"""

from services.persistence.schema.games import (
    bans,
    bookmarks,
    ended_games,
    games,
    logins,
    packs,
    players,
    scenarios,
    sessions,
    turns,
    writings,
)
from services.persistence.schema.metadata import metadata
from services.persistence.schema.operations import audit, erasures, model_backends, reports, tombstones
from services.persistence.schema.statistics import (
    model_statistics,
    player_endings,
    player_statistics,
    scenario_endings,
    scenario_statistics,
)
from services.persistence.schema.traces import judgements, model_calls, tellings

__all__ = [
    "audit",
    "bans",
    "bookmarks",
    "ended_games",
    "erasures",
    "games",
    "judgements",
    "logins",
    "metadata",
    "model_backends",
    "model_calls",
    "model_statistics",
    "packs",
    "player_endings",
    "player_statistics",
    "players",
    "reports",
    "scenario_endings",
    "scenario_statistics",
    "scenarios",
    "sessions",
    "tellings",
    "tombstones",
    "turns",
    "writings",
]
