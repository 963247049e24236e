"""The first tables: players, sessions, packs, scenarios, games, turns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes the tables, those that others refer to first."""
    op.create_table(
        "players",
        sa.Column("player_id", postgresql.UUID(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("create_time", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("player_id", name="players_pkey"),
        sa.CheckConstraint("char_length(display_name) <= 40", name=op.f("players_display_name_check")),
        sa.CheckConstraint("locale IN ('ko', 'en')", name=op.f("players_locale_check")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("player_id", postgresql.UUID(), nullable=False),
        sa.Column("expire_time", _TIME, nullable=False),
        sa.Column("create_time", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="sessions_pkey"),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name="sessions_player_id_fkey", ondelete="CASCADE"),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("sessions_token_hash_check")),
    )
    op.create_index("sessions_player_id_idx", "sessions", ["player_id"])
    op.create_table(
        "packs",
        sa.Column("pack_hash", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(), nullable=False, comment="path in the pack → text"),
        sa.Column("entry", postgresql.JSONB(), nullable=False, comment="what the catalogue says of it"),
        sa.Column("create_time", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("pack_hash", name="packs_pkey"),
        sa.UniqueConstraint("scenario_id", "pack_hash", name="packs_scenario_id_pack_hash_key"),
    )
    op.create_table(
        "scenarios",
        sa.Column("scenario_id", sa.Text(), nullable=False),
        sa.Column("pack_hash", sa.Text(), nullable=False, comment="what new games are pinned to"),
        sa.Column("publish_time", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("scenario_id", name="scenarios_pkey"),
        sa.ForeignKeyConstraint(
            ["scenario_id", "pack_hash"], ["packs.scenario_id", "packs.pack_hash"], name="scenarios_scenario_id_pack_hash_fkey"
        ),
    )
    op.create_table(
        "games",
        sa.Column("game_id", postgresql.UUID(), nullable=False),
        sa.Column("player_id", postgresql.UUID(), nullable=False),
        sa.Column("scenario_id", sa.Text(), nullable=False),
        sa.Column("pack_hash", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False, comment="hash of what the game was asked for with"),
        sa.Column("epoch", sa.Integer(), nullable=False, comment="how often it was loaded anew"),
        sa.Column("number", sa.Integer(), nullable=False, comment="of its last turn"),
        sa.Column("branch_id", sa.Text(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ending_id", sa.Text()),
        sa.Column("state", sa.LargeBinary(), nullable=False, comment="the canonical state, Zstandard"),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("create_time", _TIME, nullable=False),
        sa.Column("update_time", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("game_id", name="games_pkey"),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name="games_player_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["pack_hash"], ["packs.pack_hash"], name="games_pack_hash_fkey"),
        sa.CheckConstraint("locale IN ('ko', 'en')", name=op.f("games_locale_check")),
        sa.CheckConstraint("status IN ('ACTIVE', 'ENDED', 'SUSPENDED')", name=op.f("games_status_check")),
        sa.CheckConstraint("epoch >= 0 AND number >= 0 AND depth >= 0", name=op.f("games_numbers_check")),
        sa.CheckConstraint("octet_length(state_hash) = 32", name=op.f("games_state_hash_check")),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("games_player_id_idx", "games", ["player_id"])
    op.create_table(
        "turns",
        sa.Column("game_id", postgresql.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.Integer(), comment="the number it follows; NULL: it is the opening"),
        sa.Column("branch_id", sa.Text(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="1: resolved; 2: told"),
        sa.Column("request_id", sa.Text(), comment="its idempotency key"),
        sa.Column("action_hash", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="what the player wrote"),
        sa.Column("record", postgresql.JSON(), nullable=False, comment="all that the rules decided, canonical"),
        sa.Column("rule_hash", sa.LargeBinary(), nullable=False, comment="of everything but the telling"),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("telling", postgresql.JSON(), comment="canonical"),
        sa.Column("create_time", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("game_id", "number", name="turns_pkey"),
        sa.ForeignKeyConstraint(["game_id"], ["games.game_id"], name="turns_game_id_fkey", ondelete="CASCADE"),
        sa.UniqueConstraint("game_id", "request_id", name="turns_game_id_request_id_key"),
        sa.CheckConstraint("number >= 0 AND depth >= 0", name=op.f("turns_numbers_check")),
        sa.CheckConstraint("parent >= 0 AND parent < number", name=op.f("turns_parent_check")),
        sa.CheckConstraint("revision IN (1, 2)", name=op.f("turns_revision_check")),
        sa.CheckConstraint("octet_length(rule_hash) = 32 AND octet_length(state_hash) = 32", name=op.f("turns_hashes_check")),
        sa.CheckConstraint("jsonb_typeof(record::jsonb) = 'object'", name=op.f("turns_record_check")),
        sa.CheckConstraint("jsonb_typeof(telling::jsonb) = 'object'", name=op.f("turns_telling_check")),
        postgresql_with={"fillfactor": 80},
    )


def downgrade() -> None:
    """Drops the tables."""
    for table in ("turns", "games", "scenarios", "packs", "sessions", "players"):
        op.drop_table(table)
