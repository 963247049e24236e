"""Games in numbers, in PostgreSQL."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import CTE, Date, Integer, Table, cast, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import Database
from services.persistence.adapters.unnested import Unnested
from services.persistence.schema import (
    ended_games,
    model_statistics,
    player_endings,
    player_statistics,
    scenario_endings,
    scenario_statistics,
)
from services.persistence.statistics import Counts, ModelSum, PlayerCount, PlayerEnding, ScenarioEnding, ScenarioWays

_sent = {
    table: Unnested(table, names, prefix=table.name)
    for table, names in (
        (player_statistics, None),
        (player_endings, None),
        (scenario_statistics, None),
        (scenario_endings, None),
        (ended_games, ["game_id", "end_time"]),
    )
}


def _adding(table: Table) -> CTE:
    """Adds to the row of each key, or begins it."""
    sent = _sent[table]
    new = insert(table).from_select(sent.names, select(*sent.values))
    key = list(table.primary_key.columns.keys())
    changed = {name: table.c[name] + new.excluded[name] for name in sent.names if name not in key}
    return new.on_conflict_do_update(index_elements=key, set_=changed).cte(f"new_{table.name}")


def _ending() -> CTE:
    """Notes that games have ended, again perhaps."""
    sent = _sent[ended_games]
    new = insert(ended_games).from_select(sent.names, select(*sent.values))
    changed = {"end_time": new.excluded.end_time, "texts_delete_time": None}
    return new.on_conflict_do_update(index_elements=["game_id"], set_=changed).cte("new_ended_games")


# The rows that all players share come last, to be held shortest.
ADDING = (_adding(player_statistics), _adding(player_endings), _ending(), _adding(scenario_endings), _adding(scenario_statistics))
"""What adds counts: for a statement of the transaction that stores what they were counted from."""


def arrays(counts: Counts) -> dict[str, list[object]]:
    """The parameters of `ADDING`."""
    each = (
        _sent[player_statistics].arrays(counts.players),
        _sent[player_endings].arrays(counts.player_endings),
        _sent[scenario_statistics].arrays(counts.scenarios),
        _sent[scenario_endings].arrays(counts.scenario_endings),
        _sent[ended_games].arrays(counts.ended),
    )
    return {name: array for one in each for name, array in one.items()}


class PostgresStatistics:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_player(self, player_id: UUID) -> tuple[PlayerCount, list[PlayerEnding]]:
        """What a player began, took and found."""
        counted = select(player_statistics).where(player_statistics.c.player_id == player_id)
        found = select(player_endings).where(player_endings.c.player_id == player_id)
        found = found.order_by(player_endings.c.scenario_id, player_endings.c.ending_id)

        async def read(connection: AsyncConnection) -> tuple[PlayerCount, list[PlayerEnding]]:
            row = (await connection.execute(counted)).mappings().one_or_none()
            endings = [PlayerEnding(**one) for one in (await connection.execute(found)).mappings()]
            return PlayerCount(**row) if row is not None else PlayerCount(player_id=player_id, games=0, turns=0), endings

        return await self._database.read(read)

    async def of_scenario(self, scenario_id: str) -> ScenarioWays:
        """How a scenario's games went."""
        counted = select(scenario_statistics.c.games).where(scenario_statistics.c.scenario_id == scenario_id)
        ways = select(scenario_endings).where(scenario_endings.c.scenario_id == scenario_id)

        async def read(connection: AsyncConnection) -> ScenarioWays:
            games = await connection.scalar(counted)
            return ScenarioWays(
                games=games or 0, ways=tuple([ScenarioEnding(**one) for one in (await connection.execute(ways)).mappings()])
            )

        return await self._database.read(read)

    async def of_models(self, days: int) -> list[ModelSum]:
        """The sums of the last days, today included, the newest first."""
        sums = model_statistics.c
        today = cast(func.timezone("UTC", func.now()), Date)
        wanted = select(model_statistics).where(sums.day > today - literal(days, Integer))
        wanted = wanted.order_by(sums.day.desc(), sums.purpose, sums.backend, sums.model, sums.outcome)
        rows = await self._database.read(lambda connection: connection.execute(wanted))
        return [
            ModelSum(
                day=row.day,
                purpose=row.purpose,
                backend=row.backend,
                model=row.model,
                outcome=row.outcome,
                calls=row.calls,
                prompt_tokens=row.prompt_tokens,
                completion_tokens=row.completion_tokens,
                first_token_time=timedelta(milliseconds=row.first_token_ms),
                total_time=timedelta(milliseconds=row.duration_ms),
            )
            for row in rows
        ]
