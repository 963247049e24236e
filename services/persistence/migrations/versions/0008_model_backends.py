"""Where operators point the roles of model servers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "model_backends",
        sa.Column("name", sa.Text(), nullable=False, comment="the role"),
        sa.Column("urls", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("environment_urls", postgresql.ARRAY(sa.Text()), nullable=False, comment="what the environment named when they were set"),
        sa.Column("revision", sa.BigInteger(), nullable=False, comment="the audit's number of the change"),
        sa.Column("reason", sa.Text()),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name="model_backends_pkey"),
        sa.CheckConstraint("name IN ('base', 'lora')", name=op.f("model_backends_name_check")),
    )


def downgrade() -> None:
    """Takes the table away, and with it what was set."""
    op.drop_table("model_backends")
