"""Logins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "logins",
        sa.Column("player_id", postgresql.UUID(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False, comment="in its one spelling"),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="as argon2 writes it"),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("player_id", name="logins_pkey"),
        sa.UniqueConstraint("login", name="logins_login_key"),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name="logins_player_id_fkey", ondelete="CASCADE"),
        sa.CheckConstraint("char_length(login) BETWEEN 3 AND 64", name=op.f("logins_login_check")),
    )


def downgrade() -> None:
    """Takes the table away: nobody can sign in again by a password, those signed in stay so."""
    op.drop_table("logins")
