"""Everything that is kept of a player, as one JSON document of one moment.

PostgreSQL writes the JSON; here it is only put together. What a game hides from its player (its state, hidden events, what is to come)
is no part of it.
"""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import Database

_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

_PLAYER = """
SELECT json_build_object(
  'playerId', player_id, 'displayName', display_name, 'locale', locale, 'guest', guest,
  'createTime', create_time)::text
FROM players WHERE player_id = :player_id
"""
_OF_PLAYER = {
    "sessions": """
SELECT json_build_object('createTime', create_time, 'expireTime', expire_time)::text
FROM sessions WHERE player_id = :player_id ORDER BY create_time
""",
    "logins": "SELECT json_build_object('login', login, 'createTime', create_time)::text FROM logins WHERE player_id = :player_id",
    "bans": "SELECT json_build_object('banned', banned, 'changeTime', change_time)::text FROM bans WHERE player_id = :player_id",
    "player_statistics": """
SELECT json_build_object('games', games, 'turns', turns)::text
FROM player_statistics WHERE player_id = :player_id
""",
    "player_endings": """
SELECT json_build_object('scenarioId', scenario_id, 'endingId', ending_id, 'count', count)::text
FROM player_endings WHERE player_id = :player_id ORDER BY scenario_id, ending_id
""",
}
_GAMES = """
SELECT game_id, json_build_object(
  'gameId', game_id, 'scenarioId', scenario_id, 'packHash', pack_hash, 'locale', locale, 'seed', seed, 'turn', number,
  'branchId', branch_id, 'status', status, 'endingId', ending_id, 'createTime', create_time, 'updateTime', update_time)::text
FROM games WHERE player_id = :player_id ORDER BY create_time, game_id
"""
_OF_GAMES = {
    "turns": """
SELECT game_id, json_build_object(
  'turn', turns.number, 'parent', parent, 'branchId', turns.branch_id, 'createTime', turns.create_time, 'requestId', request_id,
  'text', text, 'command', record -> 'command', 'jump', record -> 'jump', 'events', record -> 'shown', 'lines', record -> 'lines',
  'ending', record -> 'ending', 'telling', telling)::text
FROM games JOIN turns USING (game_id) WHERE player_id = :player_id ORDER BY game_id, turns.number
""",
    "tellings": """
SELECT game_id, json_build_object(
  'turn', tellings.number, 'attempt', attempt, 'toldBy', told_by, 'model', model, 'checks', checks, 'kept', kept,
  'durationMs', duration_ms)::text
FROM games JOIN tellings USING (game_id) WHERE player_id = :player_id ORDER BY game_id, tellings.number, attempt
""",
    "judgements": """
SELECT game_id, json_build_object('turn', judgements.number, 'personId', person_id, 'label', label, 'durationMs', duration_ms)::text
FROM games JOIN judgements USING (game_id) WHERE player_id = :player_id ORDER BY game_id, judgements.number, attempt
""",
    "model_calls": """
SELECT game_id, json_build_object(
  'turn', model_calls.number, 'purpose', purpose, 'backend', backend, 'model', model, 'outcome', outcome, 'promptTokens', prompt_tokens,
  'completionTokens', completion_tokens, 'durationMs', duration_ms, 'createTime', model_calls.create_time)::text
FROM games JOIN model_calls USING (game_id) WHERE player_id = :player_id ORDER BY game_id, model_calls.number, model_calls.create_time
""",
    "bookmarks": """
SELECT game_id, json_build_object(
  'kind', kind, 'bookmarkId', bookmark_id, 'title', title, 'turn', bookmarks.number, 'createTime', bookmarks.create_time)::text
FROM games JOIN bookmarks USING (game_id) WHERE player_id = :player_id ORDER BY game_id, bookmarks.create_time
""",
    "writings": """
SELECT game_id, json_build_object(
  'kind', kind, 'turn', writings.number, 'place', place, 'body', body, 'createTime', writings.create_time)::text
FROM games JOIN writings USING (game_id) WHERE player_id = :player_id ORDER BY game_id, kind, writings.number, place
""",
    "reports": """
SELECT game_id, json_build_object(
  'reportId', report_id, 'turn', reports.number, 'reason', reason, 'note', note, 'createTime', reports.create_time,
  'closeTime', close_time)::text
FROM games JOIN reports USING (game_id) WHERE player_id = :player_id ORDER BY game_id, reports.create_time
""",
}
EXPORTED = frozenset({"players", "games", *_OF_PLAYER, *_OF_GAMES})
"""The tables that a player's data are exported from."""
_NAMES = {"player_statistics": "statistics", "player_endings": "endings", "model_calls": "modelCalls"}


class PostgresExport:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_player(self, player_id: UUID) -> bytes | None:
        """The player, sessions, statistics and games, as JSON in UTF-8; None: there is no such player."""

        async def read(connection: AsyncConnection) -> bytes | None:
            await connection.execute(_ONE_MOMENT)
            player = await _texts(connection, _PLAYER, player_id)
            if not player:
                return None
            parts = {"player": player[0]}
            for table, query in _OF_PLAYER.items():
                parts[_NAMES.get(table, table)] = _array(await _texts(connection, query, player_id))
            parts["games"] = _array(await _games(connection, player_id))
            return _object(parts).encode()

        return await self._database.write(read)


async def _texts(connection: AsyncConnection, query: str, player_id: UUID) -> list[str]:
    found = await connection.execute(text(query), {"player_id": player_id})
    return list(found.scalars())


async def _games(connection: AsyncConnection, player_id: UUID) -> list[str]:
    of_games: dict[str, dict[UUID, list[str]]] = {}
    for table, query in _OF_GAMES.items():
        by_game: defaultdict[UUID, list[str]] = defaultdict(list)
        for game_id, made in await _pairs(connection, query, player_id):
            by_game[game_id].append(made)
        of_games[_NAMES.get(table, table)] = by_game
    games = []
    for game_id, made in await _pairs(connection, _GAMES, player_id):
        more = _object({name: _array(by_game.get(game_id, [])) for name, by_game in of_games.items()})
        games.append(f"{made[:-1]},{more[1:]}")
    return games


async def _pairs(connection: AsyncConnection, query: str, player_id: UUID) -> list[tuple[UUID, str]]:
    return [(game_id, made) for game_id, made in await connection.execute(text(query), {"player_id": player_id})]


def _array(elements: list[str]) -> str:
    return f"[{','.join(elements)}]"


def _object(parts: dict[str, str]) -> str:
    members = (f'"{name}":{made}' for name, made in parts.items())
    return f"{{{','.join(members)}}}"
