"""What operators see and do, and what is left to do of an erasure."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index, Integer, LargeBinary, Table, Text, func, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.persistence.schema.games import games
from services.persistence.schema.metadata import TIME, metadata

reports = Table(
    "reports",
    metadata,
    Column("report_id", UUID, primary_key=True),
    Column("game_id", UUID, ForeignKey(games.c.game_id, ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False, comment="of the turn whose text is meant"),
    Column("reason", Text, nullable=False),
    Column("note", Text, comment="in the player's words"),
    Column("create_time", TIME, nullable=False, server_default=func.now()),
    Column("close_time", TIME, comment="NULL: nobody has dealt with it"),
    CheckConstraint("reason IN ('OFFENSIVE', 'UNSAFE', 'WRONG', 'OTHER')", name="reason"),
    CheckConstraint("char_length(note) BETWEEN 1 AND 500", name="note"),
    Index(None, "game_id"),
    Index("reports_open_idx", "create_time", "report_id", postgresql_where=text("close_time IS NULL")),
)

audit = Table(
    "audit",
    metadata,
    Column("audit_id", BigInteger, Identity(always=True), primary_key=True),
    Column("create_time", TIME, nullable=False, server_default=func.now()),
    Column("actor", Text, nullable=False, comment="who did it"),
    Column("method", Text, nullable=False, comment="what was done: the RPC"),
    Column("subject", Text, nullable=False, comment="to what; of what is erased only a hash"),
    Column("reason", Text, comment="why"),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("request_id", Text, comment="its idempotency key"),
    Unique("method", "request_id"),
    Index(None, "subject", "audit_id"),
    Index(None, "create_time"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("subject_id", UUID, primary_key=True, comment="a game or player that is gone here and not yet from Redis"),
    Column("kind", Text, nullable=False),
    Column("create_time", TIME, nullable=False, server_default=func.now()),
    Column("number", Integer, comment="of an erased game's last turn"),
    CheckConstraint("kind IN ('GAME', 'PLAYER')", name="kind"),
    Index(None, "create_time"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("subject_hash", LargeBinary, primary_key=True, comment="SHA-256 of the id of an erased game or player"),
    Column("create_time", TIME, nullable=False, server_default=func.now()),
    CheckConstraint("octet_length(subject_hash) = 32", name="subject_hash"),
    Index(None, "create_time"),
)

model_backends = Table(
    "model_backends",
    metadata,
    Column("name", Text, primary_key=True, comment="the role"),
    Column("urls", ARRAY(Text), nullable=False),
    Column("environment_urls", ARRAY(Text), nullable=False, comment="what the environment named when they were set"),
    Column("revision", BigInteger, nullable=False, comment="the audit's number of the change"),
    Column("reason", Text),
    Column("update_time", TIME, nullable=False, server_default=func.now()),
    CheckConstraint("name IN ('base', 'lora')", name="name"),
)
