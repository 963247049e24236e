"""What retention finds expired sessions and old guests by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the indexes while others read and write. What an interrupted try left behind is of no use and goes first."""
    with op.get_context().autocommit_block():
        for table, name, columns, where in (
            ("sessions", "sessions_expire_time_idx", ["expire_time"], None),
            ("players", "players_guests_idx", ["create_time", "player_id"], sa.text("guest")),
        ):
            op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
            op.create_index(name, table, columns, postgresql_where=where, postgresql_concurrently=True, if_not_exists=True)


def downgrade() -> None:
    """Drops them."""
    with op.get_context().autocommit_block():
        op.drop_index("players_guests_idx", table_name="players", postgresql_concurrently=True, if_exists=True)
        op.drop_index("sessions_expire_time_idx", table_name="sessions", postgresql_concurrently=True, if_exists=True)
