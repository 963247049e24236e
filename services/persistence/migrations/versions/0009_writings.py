"""Writings: further tellings of turns, and chronicles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "writings",
        sa.Column("game_id", postgresql.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="of the turn it is written of"),
        sa.Column("place", sa.Integer(), nullable=False, comment="among those of the turn, from 0"),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("game_id", "kind", "number", "place", name="writings_pkey"),
        sa.ForeignKeyConstraint(["game_id"], ["games.game_id"], name="writings_game_id_fkey", ondelete="CASCADE"),
        sa.CheckConstraint("kind IN ('TELLING', 'CHRONICLE')", name=op.f("writings_kind_check")),
        sa.CheckConstraint("number >= 0 AND place >= 0", name=op.f("writings_numbers_check")),
        sa.CheckConstraint("jsonb_typeof(body::jsonb) = 'object'", name=op.f("writings_body_check")),
    )


def downgrade() -> None:
    """Takes the table away, and with it what was written."""
    op.drop_table("writings")
