"""How turns came about: what was asked of models, and what was told."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.persistence.schema.games import games
from services.persistence.schema.metadata import TIME, metadata

tellings = Table(
    "tellings",
    metadata,
    Column("game_id", UUID, ForeignKey(games.c.game_id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of the turn that is told"),
    Column("attempt", Integer, primary_key=True, autoincrement=False, comment="from 1"),
    Column("told_by", Text, nullable=False),
    Column("model", Text, comment="NULL: no model"),
    Column("checks", JSONB, nullable=False, comment="[{name, passed}]"),
    Column("kept", Boolean, nullable=False, comment="whether it is the turn's telling"),
    Column("duration_ms", Integer, nullable=False),
    Column("create_time", TIME, nullable=False),
    CheckConstraint("told_by IN ('LORA', 'BASE', 'TEMPLATE')", name="told_by"),
    CheckConstraint("attempt > 0 AND duration_ms >= 0", name="numbers"),
)

judgements = Table(
    "judgements",
    metadata,
    Column("game_id", UUID, ForeignKey(games.c.game_id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of the turn that is judged"),
    Column("attempt", Integer, primary_key=True, autoincrement=False, comment="from 1"),
    Column("person_id", Text, nullable=False, comment="who was spoken to"),
    Column("labels", JSONB, nullable=False, comment="what could be answered"),
    Column("label", Text, comment="the answer; NULL: there was none in time"),
    Column("duration_ms", Integer, nullable=False),
    Column("create_time", TIME, nullable=False),
    CheckConstraint("attempt > 0 AND duration_ms >= 0", name="numbers"),
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("call_id", UUID, primary_key=True),
    Column("game_id", UUID, ForeignKey(games.c.game_id, ondelete="CASCADE"), comment="NULL: it came to no turn"),
    Column("number", Integer, comment="of the turn it was made for"),
    Column("purpose", Text, nullable=False),
    Column("backend", Text, comment="NULL: none served it"),
    Column("model", Text, comment="NULL: none served it"),
    Column("outcome", Text, nullable=False, comment="OK, CUT or the reason of its failure"),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("first_token_ms", Integer, comment="NULL: none came"),
    Column("duration_ms", Integer, nullable=False),
    Column("create_time", TIME, nullable=False),
    CheckConstraint("(game_id IS NULL) = (number IS NULL)", name="turn"),
    CheckConstraint("prompt_tokens >= 0 AND completion_tokens >= 0 AND first_token_ms >= 0 AND duration_ms >= 0", name="numbers"),
    Index("model_calls_game_id_idx", "game_id", postgresql_where=text("game_id IS NOT NULL")),
    Index(None, "create_time"),
)
