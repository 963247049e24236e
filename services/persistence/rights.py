"""Who may do what in the database: the owner migrates, the service does what its statements need, operators read.

What a role may is written here, whole, and set at each start, after the migrations: a right that is not here is taken away.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.config import Secret
from services.persistence import migrating, scram

APP = "maratang_app"
"""The service's role."""
READ = "maratang_read"
"""The operators' role: it reads, and can't sign in as a player with what it reads."""

_OF_APP: Mapping[str, tuple[str, ...]] = {
    "alembic_version": ("SELECT",),
    "players": ("SELECT", "INSERT", "UPDATE (display_name, locale, guest)", "DELETE"),
    "logins": ("SELECT", "INSERT"),
    "sessions": ("SELECT", "INSERT", "UPDATE (expire_time)", "DELETE"),
    "bans": ("SELECT", "INSERT", "UPDATE (banned, change_time)"),
    "packs": ("SELECT",),
    "scenarios": ("SELECT", "UPDATE (pack_hash, publish_time)"),
    "games": (
        "SELECT",
        "INSERT",
        "UPDATE (pack_hash, locale, epoch, number, branch_id, depth, status, ending_id, state, state_hash, update_time)",
        "DELETE",
    ),
    # What belongs to a game goes with it, by the owner's own hand.
    "turns": ("SELECT", "INSERT", "UPDATE (revision, telling, text)"),
    "bookmarks": ("SELECT", "INSERT", "DELETE"),
    "writings": ("SELECT", "INSERT", "DELETE"),
    "ended_games": ("SELECT", "INSERT", "UPDATE (end_time, texts_delete_time)"),
    "tellings": ("SELECT", "INSERT"),
    "judgements": ("SELECT", "INSERT"),
    "model_calls": ("SELECT", "INSERT", "UPDATE (game_id, number)", "DELETE"),
    "player_statistics": ("SELECT", "INSERT", "UPDATE (games, turns)"),
    "player_endings": ("SELECT", "INSERT", "UPDATE (count)"),
    "scenario_statistics": ("SELECT", "INSERT", "UPDATE (games, turns)"),
    "scenario_endings": ("SELECT", "INSERT", "UPDATE (count)"),
    "model_statistics": ("SELECT", "INSERT", "UPDATE (calls, prompt_tokens, completion_tokens, first_token_ms, duration_ms)"),
    "model_backends": ("SELECT", "INSERT", "UPDATE (urls, environment_urls, revision, reason, update_time)"),
    "reports": ("SELECT", "INSERT", "UPDATE (close_time)"),
    # Nobody but the owner changes what was written there; see forget_audit().
    "audit": ("SELECT", "INSERT"),
    "erasures": ("SELECT", "INSERT", "DELETE"),
    "tombstones": ("SELECT", "INSERT", "DELETE"),
}
_OF_READ: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_OF_APP, ("SELECT",)),
    "sessions": ("SELECT (player_id, expire_time, create_time)",),
    "logins": ("SELECT (player_id, login, create_time)",),
}
_SETTINGS = {APP: (), READ: ("default_transaction_read_only = on", "statement_timeout = '30s'")}


class RolesNotMade(Exception):  # noqa: N818  it says what became of them
    """The database's owner may not make roles; the message says what somebody who may has to run."""


async def grant(url: Secret, *, app: Secret | None, read: Secret | None) -> None:
    """Makes the roles where they are missing, and gives them their rights to the database, and no others, in one transaction.

    With a password a role may sign in with it; without one it is left as it is. Raises RolesNotMade,
    errors.Unavailable(DATABASE_UNAVAILABLE).
    """
    async with migrating.alone(url) as connection:
        for role, password in ((APP, app), (READ, read)):
            await _make(connection, role, password)
        database = await connection.scalar(text("SELECT quote_ident(current_database())"))
        for statement in _statements(str(database)):
            await connection.execute(text(statement))
        await connection.commit()


async def _make(connection: AsyncConnection, role: str, password: Secret | None) -> None:
    there = await connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :role"), {"role": role})
    may = await connection.scalar(text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"))
    wanted = [] if there else [f"CREATE ROLE {role}", *(f"ALTER ROLE {role} SET {setting}" for setting in _SETTINGS[role])]
    if password is not None:
        wanted.append(f"ALTER ROLE {role} LOGIN PASSWORD '{scram.verifier(password)}'")
    if wanted and not may:
        raise RolesNotMade(
            f"{role}: the database's user may make and change no roles. Let one who may run CREATE ROLE {role} LOGIN PASSWORD '…', "
            "and set no password here"
        )
    for statement in wanted:
        # Not as text(): a verifier has colons.
        await connection.exec_driver_sql(statement)


def _statements(database: str) -> Iterator[str]:
    both = f"{APP}, {READ}"
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {both}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {both}"
    yield f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {both}"
    yield f"GRANT USAGE ON SCHEMA public TO {both}"
    for kind in ("TABLES", "SEQUENCES", "ROUTINES"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM PUBLIC, {both}"
    for role, rights in ((APP, _OF_APP), (READ, _OF_READ)):
        for table, kinds in rights.items():
            yield f"GRANT {', '.join(kinds)} ON {table} TO {role}"
    yield f"GRANT EXECUTE ON FUNCTION forget_audit(timestamptz, integer) TO {APP}"
