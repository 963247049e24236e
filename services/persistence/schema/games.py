"""Players, the packs they play, and their games, turn by turn."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
    func,
    text,
)
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import JSON, JSONB, UUID

from services.persistence.schema.metadata import ROOM_FOR_UPDATES, TIME, metadata

players = Table(
    "players",
    metadata,
    Column("player_id", UUID, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("create_time", TIME, nullable=False),
    CheckConstraint("char_length(display_name) <= 40", name="display_name"),
    CheckConstraint("locale IN ('ko', 'en')", name="locale"),
    Index("players_guests_idx", "create_time", "player_id", postgresql_where=text("guest")),
)

logins = Table(
    "logins",
    metadata,
    Column("player_id", UUID, ForeignKey(players.c.player_id, ondelete="CASCADE"), primary_key=True),
    Column("login", Text, nullable=False, comment="in its one spelling"),
    Column("password_hash", Text, nullable=False, comment="as argon2 writes it"),
    Column("create_time", TIME, nullable=False, server_default=func.now()),
    Unique("login"),
    CheckConstraint("char_length(login) BETWEEN 3 AND 64", name="login"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("player_id", UUID, ForeignKey(players.c.player_id, ondelete="CASCADE"), nullable=False),
    Column("expire_time", TIME, nullable=False),
    Column("create_time", TIME, nullable=False, server_default=func.now()),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash"),
    Index(None, "player_id"),
    Index(None, "expire_time"),
)

bans = Table(
    "bans",
    metadata,
    Column("player_id", UUID, ForeignKey(players.c.player_id, ondelete="CASCADE"), primary_key=True),
    Column("banned", Boolean, nullable=False, comment="false: the ban was lifted"),
    Column("change_time", TIME, nullable=False, server_default=func.now()),
    Index(None, "change_time"),
)

packs = Table(
    "packs",
    metadata,
    Column("pack_hash", Text, primary_key=True),
    Column("scenario_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("files", JSONB, nullable=False, comment="path in the pack → text"),
    Column("entry", JSONB, nullable=False, comment="what the catalogue says of it"),
    Column("create_time", TIME, nullable=False, server_default=func.now()),
    Unique("scenario_id", "pack_hash"),
)

scenarios = Table(
    "scenarios",
    metadata,
    Column("scenario_id", Text, primary_key=True),
    Column("pack_hash", Text, nullable=False, comment="what new games are pinned to"),
    Column("publish_time", TIME, nullable=False, server_default=func.now()),
    # A scenario can only be published as a pack of its own.
    ForeignKeyConstraint(["scenario_id", "pack_hash"], [packs.c.scenario_id, packs.c.pack_hash]),
)

games = Table(
    "games",
    metadata,
    Column("game_id", UUID, primary_key=True),
    Column("player_id", UUID, ForeignKey(players.c.player_id, ondelete="CASCADE"), nullable=False),
    Column("scenario_id", Text, nullable=False),
    Column("pack_hash", Text, ForeignKey(packs.c.pack_hash), nullable=False),
    Column("locale", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("asked", Text, nullable=False, comment="hash of what the game was asked for with"),
    Column("epoch", Integer, nullable=False, comment="how often it was loaded anew"),
    Column("number", Integer, nullable=False, comment="of its last turn"),
    Column("branch_id", Text, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("ending_id", Text),
    Column("state", LargeBinary, nullable=False, comment="the canonical state, Zstandard"),
    Column("state_hash", LargeBinary, nullable=False),
    Column("create_time", TIME, nullable=False),
    Column("update_time", TIME, nullable=False),
    CheckConstraint("locale IN ('ko', 'en')", name="locale"),
    CheckConstraint("status IN ('ACTIVE', 'ENDED', 'SUSPENDED')", name="status"),
    CheckConstraint("epoch >= 0 AND number >= 0 AND depth >= 0", name="numbers"),
    CheckConstraint("octet_length(state_hash) = 32", name="state_hash"),
    # Not by update_time too: it changes with every turn, and a player's games are few enough to sort.
    Index(None, "player_id"),
    postgresql_with=ROOM_FOR_UPDATES,
)

turns = Table(
    "turns",
    metadata,
    Column("game_id", UUID, ForeignKey(games.c.game_id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer, comment="the number it follows; NULL: it is the opening"),
    Column("branch_id", Text, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("revision", Integer, nullable=False, comment="1: resolved; 2: told"),
    Column("request_id", Text, comment="its idempotency key"),
    Column("action_hash", LargeBinary, nullable=False),
    Column("text", Text, nullable=False, comment="what the player wrote"),
    Column("record", JSON, nullable=False, comment="all that the rules decided, canonical"),
    Column("rule_hash", LargeBinary, nullable=False, comment="of everything but the telling"),
    Column("state_hash", LargeBinary, nullable=False),
    Column("telling", JSON, comment="canonical"),
    Column("create_time", TIME, nullable=False),
    Column("ending_id", Text, comment="the ending that it came to; NULL: the game went on"),
    Column("jump", Boolean, nullable=False, server_default=false(), comment="to another turn, by nobody's deed"),
    Unique("game_id", "request_id"),
    CheckConstraint("number >= 0 AND depth >= 0", name="numbers"),
    CheckConstraint("parent >= 0 AND parent < number", name="parent"),
    CheckConstraint("revision IN (1, 2)", name="revision"),
    CheckConstraint("octet_length(rule_hash) = 32 AND octet_length(state_hash) = 32", name="hashes"),
    CheckConstraint("jsonb_typeof(record::jsonb) = 'object'", name="record"),
    CheckConstraint("jsonb_typeof(telling::jsonb) = 'object'", name="telling"),
    postgresql_with=ROOM_FOR_UPDATES,
)

ended_games = Table(
    "ended_games",
    metadata,
    Column("game_id", UUID, ForeignKey(games.c.game_id, ondelete="CASCADE"), primary_key=True),
    Column("end_time", TIME, nullable=False),
    Column("texts_delete_time", TIME, comment="when retention deleted its texts; NULL: they are kept"),
    # Not in `games`: an index over a column that turns change would cost each of them its HOT update.
    Index("ended_games_end_time_idx", "end_time", postgresql_where=text("texts_delete_time IS NULL")),
)

writings = Table(
    "writings",
    metadata,
    Column("game_id", UUID, ForeignKey(games.c.game_id, ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of the turn it is written of"),
    Column("place", Integer, primary_key=True, autoincrement=False, comment="among those of the turn, from 0"),
    Column("body", JSON, nullable=False),
    Column("create_time", TIME, nullable=False, server_default=func.now()),
    CheckConstraint("kind IN ('TELLING', 'CHRONICLE')", name="kind"),
    CheckConstraint("number >= 0 AND place >= 0", name="numbers"),
    CheckConstraint("jsonb_typeof(body::jsonb) = 'object'", name="body"),
)

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("game_id", UUID, ForeignKey(games.c.game_id, ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("bookmark_id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("number", Integer, nullable=False, comment="of the turn it names"),
    Column("create_time", TIME, nullable=False, server_default=func.clock_timestamp()),
    CheckConstraint("kind IN ('BRANCH', 'SAVE')", name="kind"),
    CheckConstraint("char_length(title) <= 80", name="title"),
    CheckConstraint("number >= 0", name="number"),
)
