"""Whom operators have banned."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "bans",
        sa.Column("player_id", postgresql.UUID(), nullable=False),
        sa.Column("banned", sa.Boolean(), nullable=False, comment="false: the ban was lifted"),
        sa.Column("change_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("player_id", name="bans_pkey"),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name="bans_player_id_fkey", ondelete="CASCADE"),
    )
    op.create_index("bans_change_time_idx", "bans", ["change_time"])


def downgrade() -> None:
    """Takes the table away, and with it every ban."""
    op.drop_table("bans")
