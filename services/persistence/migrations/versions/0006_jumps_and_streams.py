"""Which rows are jumps, which nobody takes as a turn; and how far an erased game's streams go."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the columns. The code before this one writes no jumps as such: they are counted as turns until it is gone."""
    op.add_column(
        "turns", sa.Column("jump", sa.Boolean(), server_default=sa.false(), nullable=False, comment="to another turn, by nobody's deed")
    )
    op.add_column("erasures", sa.Column("number", sa.Integer(), comment="of an erased game's last turn"))


def downgrade() -> None:
    """Drops them."""
    op.drop_column("erasures", "number")
    op.drop_column("turns", "jump")
