"""Sums of games, kept in the transactions that store them."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, Table, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import UUID

from services.persistence.schema.games import players
from services.persistence.schema.metadata import ROOM_FOR_UPDATES, metadata

player_statistics = Table(
    "player_statistics",
    metadata,
    Column("player_id", UUID, ForeignKey(players.c.player_id, ondelete="CASCADE"), primary_key=True),
    Column("games", Integer, nullable=False, comment="begun"),
    Column("turns", Integer, nullable=False, comment="taken"),
    postgresql_with=ROOM_FOR_UPDATES,
)

player_endings = Table(
    "player_endings",
    metadata,
    Column("player_id", UUID, ForeignKey(players.c.player_id, ondelete="CASCADE"), primary_key=True),
    Column("scenario_id", Text, primary_key=True),
    Column("ending_id", Text, primary_key=True),
    Column("count", Integer, nullable=False, comment="how often it was found"),
    postgresql_with=ROOM_FOR_UPDATES,
)

scenario_statistics = Table(
    "scenario_statistics",
    metadata,
    Column("scenario_id", Text, primary_key=True),
    Column("games", BigInteger, nullable=False, comment="begun"),
    Column("turns", BigInteger, nullable=False, comment="taken"),
    postgresql_with=ROOM_FOR_UPDATES,
)

scenario_endings = Table(
    "scenario_endings",
    metadata,
    Column("scenario_id", Text, primary_key=True),
    Column("ending_id", Text, primary_key=True),
    Column("turns", Integer, primary_key=True, autoincrement=False, comment="how long the way to it was"),
    Column("count", BigInteger, nullable=False, comment="how often it was found so"),
    postgresql_with=ROOM_FOR_UPDATES,
)

model_statistics = Table(
    "model_statistics",
    metadata,
    Column("day", Date, nullable=False, comment="of UTC"),
    Column("purpose", Text, nullable=False),
    Column("backend", Text),
    Column("model", Text),
    Column("outcome", Text, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("first_token_ms", BigInteger, nullable=False, comment="of all calls together"),
    Column("duration_ms", BigInteger, nullable=False, comment="of all calls together"),
    Unique("day", "purpose", "backend", "model", "outcome", postgresql_nulls_not_distinct=True),
    postgresql_with=ROOM_FOR_UPDATES,
)
