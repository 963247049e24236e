"""Bookmarks: the branches and saves of games."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "bookmarks",
        sa.Column("game_id", postgresql.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bookmark_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="of the turn it names"),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("game_id", "kind", "bookmark_id", name="bookmarks_pkey"),
        sa.ForeignKeyConstraint(["game_id"], ["games.game_id"], name="bookmarks_game_id_fkey", ondelete="CASCADE"),
        sa.CheckConstraint("kind IN ('BRANCH', 'SAVE')", name=op.f("bookmarks_kind_check")),
        sa.CheckConstraint("char_length(title) <= 80", name=op.f("bookmarks_title_check")),
        sa.CheckConstraint("number >= 0", name=op.f("bookmarks_number_check")),
    )


def downgrade() -> None:
    """Takes the table away, and with it what was bookmarked."""
    op.drop_table("bookmarks")
