"""Everything that is kept of a player, as one JSON document of one moment.

PostgreSQL writes the JSON; here it is only put together. What a game hides from its player (its state, hidden events, what is to come)
is no part of it.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
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
_GAMES_AT_ONCE = 20
"""How many games' rows one statement reads: each statement has its time limit, a player's games have none."""
_OF_GAMES = {
    "turns": """
SELECT game_id, json_build_object(
  'turn', number, 'parent', parent, 'branchId', branch_id, 'createTime', create_time, 'requestId', request_id,
  'text', text, 'command', record -> 'command', 'jump', record -> 'jump', 'events', record -> 'shown', 'lines', record -> 'lines',
  'ending', record -> 'ending', 'telling', telling)::text
FROM turns WHERE game_id = ANY(:game_ids) ORDER BY game_id, number
""",
    "tellings": """
SELECT game_id, json_build_object(
  'turn', number, 'attempt', attempt, 'toldBy', told_by, 'model', model, 'checks', checks, 'kept', kept, 'durationMs', duration_ms)::text
FROM tellings WHERE game_id = ANY(:game_ids) ORDER BY game_id, number, attempt
""",
    "judgements": """
SELECT game_id, json_build_object('turn', number, 'personId', person_id, 'label', label, 'durationMs', duration_ms)::text
FROM judgements WHERE game_id = ANY(:game_ids) ORDER BY game_id, number, attempt
""",
    "model_calls": """
SELECT game_id, json_build_object(
  'turn', number, 'purpose', purpose, 'backend', backend, 'model', model, 'outcome', outcome, 'promptTokens', prompt_tokens,
  'completionTokens', completion_tokens, 'durationMs', duration_ms, 'createTime', create_time)::text
FROM model_calls WHERE game_id = ANY(:game_ids) ORDER BY game_id, number, create_time
""",
    "bookmarks": """
SELECT game_id, json_build_object('kind', kind, 'bookmarkId', bookmark_id, 'title', title, 'turn', number, 'createTime', create_time)::text
FROM bookmarks WHERE game_id = ANY(:game_ids) ORDER BY game_id, create_time
""",
    "writings": """
SELECT game_id, json_build_object('kind', kind, 'turn', number, 'place', place, 'body', body, 'createTime', create_time)::text
FROM writings WHERE game_id = ANY(:game_ids) ORDER BY game_id, kind, number, place
""",
    "reports": """
SELECT game_id, json_build_object(
  'reportId', report_id, 'turn', number, 'reason', reason, 'note', note, 'createTime', create_time, 'closeTime', close_time)::text
FROM reports WHERE game_id = ANY(:game_ids) ORDER BY game_id, create_time
""",
}
EXPORTED = frozenset({"players", "games", *_OF_PLAYER, *_OF_GAMES})
"""The tables that a player's data are exported from."""
_NAMES = {"player_statistics": "statistics", "player_endings": "endings", "model_calls": "modelCalls"}


class PostgresExport:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_player(self, player_id: UUID) -> list[bytes] | None:
        """The player, sessions, statistics and games, as JSON in UTF-8, which is the pieces joined; None: there is no such player.

        A piece is no bigger than what the player has of one game.
        """

        async def read(connection: AsyncConnection) -> list[bytes] | None:
            await connection.execute(_ONE_MOMENT)
            player = await _texts(connection, _PLAYER, player_id)
            if not player:
                return None
            parts = {"player": player[0]}
            for table, query in _OF_PLAYER.items():
                parts[_NAMES.get(table, table)] = _array(await _texts(connection, query, player_id))
            pieces = [f'{_object(parts)[:-1]},"games":['.encode()]
            async for made in _games(connection, player_id):
                pieces += [b",", made.encode()] if len(pieces) > 1 else [made.encode()]
            return [*pieces, b"]}"]

        return await self._database.write(read)


async def _texts(connection: AsyncConnection, query: str, player_id: UUID) -> list[str]:
    found = await connection.execute(text(query), {"player_id": player_id})
    return list(found.scalars())


async def _games(connection: AsyncConnection, player_id: UUID) -> AsyncIterator[str]:
    games = [(game_id, made) for game_id, made in await connection.execute(text(_GAMES), {"player_id": player_id})]
    for begun in range(0, len(games), _GAMES_AT_ONCE):
        some = games[begun : begun + _GAMES_AT_ONCE]
        found = {name: await _by_game(connection, query, [game_id for game_id, _ in some]) for name, query in _OF_GAMES.items()}
        for game_id, made in some:
            more = _object({_NAMES.get(name, name): _array(by_game.get(game_id, [])) for name, by_game in found.items()})
            yield f"{made[:-1]},{more[1:]}"


async def _by_game(connection: AsyncConnection, query: str, game_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    by_game: defaultdict[UUID, list[str]] = defaultdict(list)
    for game_id, made in await connection.execute(text(query), {"game_ids": game_ids}):
        by_game[game_id].append(made)
    return by_game


def _array(elements: list[str]) -> str:
    return f"[{','.join(elements)}]"


def _object(parts: dict[str, str]) -> str:
    members = (f'"{name}":{made}' for name, made in parts.items())
    return f"{{{','.join(members)}}}"
