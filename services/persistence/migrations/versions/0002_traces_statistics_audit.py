"""Tellings, judgements, model calls, statistics, reports, the audit and erasures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_TIME = sa.DateTime(timezone=True)
_FORGET_AUDIT = """
CREATE FUNCTION forget_audit(older_than timestamptz, at_most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
BEGIN ATOMIC
  WITH old AS (
    DELETE FROM public.audit WHERE audit_id IN (
      SELECT audit_id FROM public.audit WHERE create_time < least(older_than, now() - interval '30 days') ORDER BY create_time LIMIT at_most
    ) RETURNING 1
  ) SELECT count(*)::integer FROM old;
END
"""
"""The service may write the audit and not erase it; what it may have forgotten is older than a month, whatever it asks."""


def upgrade() -> None:
    """Makes the tables, and then, holding it shortest, the column of the table that every turn is written to."""
    op.create_table(
        "ended_games",
        sa.Column("game_id", postgresql.UUID(), nullable=False),
        sa.Column("end_time", _TIME, nullable=False),
        sa.Column("texts_delete_time", _TIME, comment="when retention deleted its texts; NULL: they are kept"),
        sa.ForeignKeyConstraint(["game_id"], ["games.game_id"], name="ended_games_game_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("game_id", name="ended_games_pkey"),
    )
    op.create_index("ended_games_end_time_idx", "ended_games", ["end_time"], postgresql_where=sa.text("texts_delete_time IS NULL"))
    op.create_table(
        "tellings",
        sa.Column("game_id", postgresql.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="of the turn that is told"),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False, comment="from 1"),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), comment="NULL: no model"),
        sa.Column("checks", postgresql.JSONB(), nullable=False, comment="[{name, passed}]"),
        sa.Column("kept", sa.Boolean(), nullable=False, comment="whether it is the turn's telling"),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("create_time", _TIME, nullable=False),
        sa.CheckConstraint("told_by IN ('LORA', 'BASE', 'TEMPLATE')", name=op.f("tellings_told_by_check")),
        sa.CheckConstraint("attempt > 0 AND duration_ms >= 0", name=op.f("tellings_numbers_check")),
        sa.ForeignKeyConstraint(["game_id"], ["games.game_id"], name="tellings_game_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("game_id", "number", "attempt", name="tellings_pkey"),
    )
    op.create_table(
        "judgements",
        sa.Column("game_id", postgresql.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="of the turn that is judged"),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False, comment="from 1"),
        sa.Column("person_id", sa.Text(), nullable=False, comment="who was spoken to"),
        sa.Column("labels", postgresql.JSONB(), nullable=False, comment="what could be answered"),
        sa.Column("label", sa.Text(), comment="the answer; NULL: there was none in time"),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("create_time", _TIME, nullable=False),
        sa.CheckConstraint("attempt > 0 AND duration_ms >= 0", name=op.f("judgements_numbers_check")),
        sa.ForeignKeyConstraint(["game_id"], ["games.game_id"], name="judgements_game_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("game_id", "number", "attempt", name="judgements_pkey"),
    )
    op.create_table(
        "model_calls",
        sa.Column("call_id", postgresql.UUID(), nullable=False),
        sa.Column("game_id", postgresql.UUID(), comment="NULL: it came to no turn"),
        sa.Column("number", sa.Integer(), comment="of the turn it was made for"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("backend", sa.Text(), comment="NULL: none served it"),
        sa.Column("model", sa.Text(), comment="NULL: none served it"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="OK, CUT or the reason of its failure"),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("first_token_ms", sa.Integer(), comment="NULL: none came"),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("create_time", _TIME, nullable=False),
        sa.CheckConstraint("(game_id IS NULL) = (number IS NULL)", name=op.f("model_calls_turn_check")),
        sa.CheckConstraint(
            "prompt_tokens >= 0 AND completion_tokens >= 0 AND first_token_ms >= 0 AND duration_ms >= 0",
            name=op.f("model_calls_numbers_check"),
        ),
        sa.ForeignKeyConstraint(["game_id"], ["games.game_id"], name="model_calls_game_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", name="model_calls_pkey"),
    )
    op.create_index("model_calls_create_time_idx", "model_calls", ["create_time"])
    op.create_index("model_calls_game_id_idx", "model_calls", ["game_id"], postgresql_where=sa.text("game_id IS NOT NULL"))
    op.create_table(
        "player_statistics",
        sa.Column("player_id", postgresql.UUID(), nullable=False),
        sa.Column("games", sa.Integer(), nullable=False, comment="begun"),
        sa.Column("turns", sa.Integer(), nullable=False, comment="taken"),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name="player_statistics_player_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("player_id", name="player_statistics_pkey"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "player_endings",
        sa.Column("player_id", postgresql.UUID(), nullable=False),
        sa.Column("scenario_id", sa.Text(), nullable=False),
        sa.Column("ending_id", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False, comment="how often it was found"),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name="player_endings_player_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("player_id", "scenario_id", "ending_id", name="player_endings_pkey"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "scenario_statistics",
        sa.Column("scenario_id", sa.Text(), nullable=False),
        sa.Column("games", sa.BigInteger(), nullable=False, comment="begun"),
        sa.Column("turns", sa.BigInteger(), nullable=False, comment="taken"),
        sa.PrimaryKeyConstraint("scenario_id", name="scenario_statistics_pkey"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "scenario_endings",
        sa.Column("scenario_id", sa.Text(), nullable=False),
        sa.Column("ending_id", sa.Text(), nullable=False),
        sa.Column("turns", sa.Integer(), autoincrement=False, nullable=False, comment="how long the way to it was"),
        sa.Column("count", sa.BigInteger(), nullable=False, comment="how often it was found so"),
        sa.PrimaryKeyConstraint("scenario_id", "ending_id", "turns", name="scenario_endings_pkey"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "model_statistics",
        sa.Column("day", sa.Date(), nullable=False, comment="of UTC"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("backend", sa.Text()),
        sa.Column("model", sa.Text()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), nullable=False),
        sa.Column("first_token_ms", sa.BigInteger(), nullable=False, comment="of all calls together"),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False, comment="of all calls together"),
        sa.UniqueConstraint(
            "day",
            "purpose",
            "backend",
            "model",
            "outcome",
            name="model_statistics_day_purpose_backend_model_outcome_key",
            postgresql_nulls_not_distinct=True,
        ),
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "reports",
        sa.Column("report_id", postgresql.UUID(), nullable=False),
        sa.Column("game_id", postgresql.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="of the turn whose text is meant"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), comment="in the player's words"),
        sa.Column("create_time", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("close_time", _TIME, comment="NULL: nobody has dealt with it"),
        sa.CheckConstraint("reason IN ('OFFENSIVE', 'UNSAFE', 'WRONG', 'OTHER')", name=op.f("reports_reason_check")),
        sa.CheckConstraint("char_length(note) BETWEEN 1 AND 500", name=op.f("reports_note_check")),
        sa.ForeignKeyConstraint(["game_id"], ["games.game_id"], name="reports_game_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", name="reports_pkey"),
    )
    op.create_index("reports_game_id_idx", "reports", ["game_id"])
    op.create_index("reports_open_idx", "reports", ["create_time", "report_id"], postgresql_where=sa.text("close_time IS NULL"))
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("create_time", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="who did it"),
        sa.Column("method", sa.Text(), nullable=False, comment="what was done: the RPC"),
        sa.Column("subject", sa.Text(), nullable=False, comment="to what; of what is erased only a hash"),
        sa.Column("reason", sa.Text(), comment="why"),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.Column("request_id", sa.Text(), comment="its idempotency key"),
        sa.PrimaryKeyConstraint("audit_id", name="audit_pkey"),
        sa.UniqueConstraint("method", "request_id", name="audit_method_request_id_key"),
    )
    op.create_index("audit_create_time_idx", "audit", ["create_time"])
    op.create_index("audit_subject_audit_id_idx", "audit", ["subject", "audit_id"])
    op.create_table(
        "erasures",
        sa.Column("subject_id", postgresql.UUID(), nullable=False, comment="a game or player that is gone here and not yet from Redis"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("create_time", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('GAME', 'PLAYER')", name=op.f("erasures_kind_check")),
        sa.PrimaryKeyConstraint("subject_id", name="erasures_pkey"),
    )
    op.create_index("erasures_create_time_idx", "erasures", ["create_time"])
    op.create_table(
        "tombstones",
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the id of an erased game or player"),
        sa.Column("create_time", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(subject_hash) = 32", name=op.f("tombstones_subject_hash_check")),
        sa.PrimaryKeyConstraint("subject_hash", name="tombstones_pkey"),
    )
    op.create_index("tombstones_create_time_idx", "tombstones", ["create_time"])
    op.add_column("turns", sa.Column("ending_id", sa.Text(), comment="the ending that it came to; NULL: the game went on"))
    op.execute(_FORGET_AUDIT)


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP FUNCTION forget_audit")
    op.drop_column("turns", "ending_id")
    for table in (
        "tombstones", "erasures", "audit", "reports", "model_statistics", "scenario_endings", "scenario_statistics", "player_endings",
        "player_statistics", "model_calls", "judgements", "tellings", "ended_games",
    ):  # fmt: skip
        op.drop_table(table)
