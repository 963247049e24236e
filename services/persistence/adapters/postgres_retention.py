"""Deleting what is old, a batch at a time. Age is by PostgreSQL's clock."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import Database

BATCH = 500
_GAMES_AT_ONCE = 50
"""A game has some hundred turns, each of which is written anew."""

_DUE_TEXTS = text("""
SELECT ended_games.game_id, games.status = 'ENDED' AS over FROM ended_games JOIN games USING (game_id)
WHERE texts_delete_time IS NULL AND end_time < now() - CAST(:older AS interval)
ORDER BY end_time LIMIT :most FOR UPDATE OF ended_games SKIP LOCKED
""")
_DELETE_TEXTS = text("""
UPDATE turns SET text = '', telling = json_strip_nulls(json_build_object(
  'text', '', 'told_by', telling -> 'told_by', 'model', telling -> 'model', 'checks', telling -> 'checks'))
WHERE game_id = ANY(:games) AND telling IS NOT NULL
""")
_DELETE_WRITINGS = text("DELETE FROM writings WHERE game_id = ANY(:games)")
_DELETED_TEXTS = text("UPDATE ended_games SET texts_delete_time = now() WHERE game_id = ANY(:games)")
# A game that was taken up again is looked at again when it has rested as long.
_GOING_ON = text("UPDATE ended_games SET end_time = now() WHERE game_id = ANY(:games)")
_SOME_GUESTS = text("""
SELECT create_time, player_id FROM players
WHERE guest AND create_time < now() - CAST(:older AS interval) AND (create_time, player_id) > (:time, :id)
ORDER BY create_time, player_id LIMIT :most FOR UPDATE SKIP LOCKED
""")
_PLAYING = text("SELECT player_id FROM games WHERE player_id = ANY(:players)")
_COMING = text("SELECT player_id FROM sessions WHERE player_id = ANY(:players) AND expire_time > now()")
_DELETE_GUESTS = text("DELETE FROM players WHERE player_id = ANY(:players)")
# As an array the keys are looked up one by one, however few rows the planner thinks there are.
_DELETE_SESSIONS = text("""
DELETE FROM sessions WHERE token_hash = ANY(ARRAY(
  SELECT token_hash FROM sessions WHERE expire_time < now() - CAST(:older AS interval) ORDER BY expire_time LIMIT :most
  FOR UPDATE SKIP LOCKED))
""")
_DELETE_AUDIT = text("SELECT forget_audit(now() - CAST(:older AS interval), :most)")
_DELETE_CALLS = text("""
DELETE FROM model_calls WHERE call_id = ANY(ARRAY(
  SELECT call_id FROM model_calls WHERE create_time < now() - CAST(:older AS interval) ORDER BY create_time LIMIT :most
  FOR UPDATE SKIP LOCKED))
""")
_DELETE_TOMBSTONES = text("""
DELETE FROM tombstones WHERE subject_hash = ANY(ARRAY(
  SELECT subject_hash FROM tombstones WHERE create_time < now() - CAST(:older AS interval) ORDER BY create_time LIMIT :most))
""")
_FIRST = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


class PostgresRetention:
    """A `retention.Store`. Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last_guest = _FIRST

    async def texts(self, older: timedelta) -> tuple[bool, int]:
        """As the port says."""

        async def delete(connection: AsyncConnection) -> tuple[bool, int]:
            due = (await connection.execute(_DUE_TEXTS, {"older": older, "most": _GAMES_AT_ONCE})).all()
            over, going_on = [row.game_id for row in due if row.over], [row.game_id for row in due if not row.over]
            await connection.execute(_DELETE_TEXTS, {"games": over})
            await connection.execute(_DELETE_WRITINGS, {"games": over})
            await connection.execute(_DELETED_TEXTS, {"games": over})
            await connection.execute(_GOING_ON, {"games": going_on})
            return len(due) == _GAMES_AT_ONCE, len(over)

        return await self._database.write(delete)

    async def guests(self, older: timedelta) -> tuple[bool, int]:
        """As the port says. Goes through the old guests batch by batch, and then begins anew: most of them have games, and stay."""

        async def delete(connection: AsyncConnection) -> tuple[list[tuple[datetime, UUID]], int]:
            time, player_id = self._last_guest
            some = (await connection.execute(_SOME_GUESTS, {"older": older, "time": time, "id": player_id, "most": BATCH})).all()
            # Asked only now, when nobody can store a game of theirs meanwhile.
            idle = {row.player_id for row in some}
            for stays in (_PLAYING, _COMING):
                idle.difference_update(await connection.scalars(stays, {"players": list(idle)}))
            gone = await connection.execute(_DELETE_GUESTS, {"players": list(idle)})
            return [(row.create_time, row.player_id) for row in some], gone.rowcount

        some, count = await self._database.write(delete)
        more = len(some) == BATCH
        self._last_guest = some[-1] if more else _FIRST
        return more, count

    async def sessions(self, older: timedelta) -> tuple[bool, int]:
        """As the port says."""
        gone = await self._database.write(lambda connection: connection.execute(_DELETE_SESSIONS, {"older": older, "most": BATCH}))
        return gone.rowcount == BATCH, gone.rowcount

    async def audit_entries(self, older: timedelta) -> tuple[bool, int]:
        """As the port says."""
        count = await self._database.write(lambda connection: connection.scalar(_DELETE_AUDIT, {"older": older, "most": BATCH}))
        return count == BATCH, int(count or 0)

    async def model_calls(self, older: timedelta) -> tuple[bool, int]:
        """As the port says."""
        gone = await self._database.write(lambda connection: connection.execute(_DELETE_CALLS, {"older": older, "most": BATCH}))
        return gone.rowcount == BATCH, gone.rowcount

    async def tombstones(self, older: timedelta) -> tuple[bool, int]:
        """As the port says."""
        gone = await self._database.write(lambda connection: connection.execute(_DELETE_TOMBSTONES, {"older": older, "most": BATCH}))
        return gone.rowcount == BATCH, gone.rowcount
