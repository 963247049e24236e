"""Games and their logs in PostgreSQL."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Row, Select, Text, and_, cast, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters import postgres_statistics, postgres_traces
from services.persistence.adapters.copying import copy
from services.persistence.adapters.database import Database
from services.persistence.adapters.unnested import Unnested
from services.persistence.erasing import Burial, erased, game_hash, player_hash
from services.persistence.games import Game, LogRow, Outcome, SavedGame, Standing, Status, Verdict
from services.persistence.judging import judge
from services.persistence.schema import games, tombstones, turns
from services.persistence.statistics import count

LOADED_ROWS = 32
_FIXED = {"game_id", "player_id", "scenario_id", "seed", "asked", "create_time"}
"""What a game keeps for ever."""

_sent_games = Unnested(games)
_sent_ids = Unnested(games, ["game_id"])
_sent_tellings = Unnested(turns, ["game_id", "number", "revision", "telling", "rule_hash"])
_sent_numbers = Unnested(turns, ["game_id", "number"])
_sent_hashes = Unnested(tombstones, ["subject_hash"])

_BEGIN = (
    upsert(games)
    .from_select(_sent_games.names, select(*_sent_games.values).order_by(_sent_games.rows.c.game_id))
    .on_conflict_do_nothing(index_elements=[games.c.game_id])
    .returning(games.c.game_id)
)
_BURIED = select(tombstones.c.subject_hash).where(tombstones.c.subject_hash.in_(select(_sent_hashes.rows.c.subject_hash)))
_UNDO_BEGIN = delete(games).where(games.c.game_id.in_(select(_sent_ids.rows.c.game_id)))
_LOCK = (
    select(games.c.game_id, games.c.player_id, games.c.scenario_id, games.c.seed, games.c.epoch, games.c.number)
    .where(games.c.game_id.in_(select(_sent_ids.rows.c.game_id)))
    # Every writer locks in this order, so none waits for another in a ring.
    .order_by(games.c.game_id)
    .with_for_update(key_share=True)
)
_STORED_ROWS = select(turns.c.game_id, turns.c.number, turns.c.rule_hash).join(
    _sent_numbers.rows,
    and_(turns.c.game_id == _sent_numbers.rows.c.game_id, turns.c.number == _sent_numbers.rows.c.number),
)
_ADVANCE = (
    update(games)
    .values({name: _sent_games.rows.c[name] for name in _sent_games.names if name not in _FIXED})
    .where(
        games.c.game_id == _sent_games.rows.c.game_id,
        tuple_(games.c.epoch, games.c.number) <= tuple_(_sent_games.rows.c.epoch, _sent_games.rows.c.number),
    )
)
_FINISHING = (_ADVANCE.cte("advanced"), *postgres_traces.ADDING, *postgres_statistics.ADDING)
# A visit to PostgreSQL takes longer than most of what is done there. It carries out the last first.
_FINISH = select(1).add_cte(*reversed(_FINISHING))
_TELL_ROWS = (
    update(turns)
    .values(revision=_sent_tellings.rows.c.revision, telling=cast(_sent_tellings.rows.c.telling, JSON))
    .where(
        turns.c.game_id == _sent_tellings.rows.c.game_id,
        turns.c.number == _sent_tellings.rows.c.number,
        turns.c.revision < _sent_tellings.rows.c.revision,
        turns.c.rule_hash == _sent_tellings.rows.c.rule_hash,
    )
)
_ROW = tuple(cast(one, Text).label(one.name) if one.name in ("record", "telling") else one for one in turns.c)
_GAME_BUT_STATE = tuple(one for one in games.c if one.name != "state")


class PostgresGames:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write_together(self, saved: Sequence[SavedGame]) -> list[Outcome]:
        """Writes games in one transaction, but those that must not be; the outcomes, in the order asked.

        Raises DataRefused, and then nothing is written.
        """
        return await self._database.write(partial(_write, saved))

    async def is_erased(self, game: Game) -> bool:
        """Whether the game or its player was erased."""
        return bool(await self._database.read(lambda connection: _buried(connection, [game])))

    async def load(self, game_id: UUID) -> tuple[Game, list[LogRow]] | None:
        """A game with its epoch raised, and its last rows in the order of their numbers; None: there is none."""

        async def load(connection: AsyncConnection) -> tuple[Game, list[LogRow]] | None:
            raised = update(games).where(games.c.game_id == game_id).values(epoch=games.c.epoch + 1).returning(*games.c)
            game = (await connection.execute(raised)).one_or_none()
            if game is None:
                return None
            last = select(*_ROW).where(turns.c.game_id == game_id).order_by(turns.c.number.desc()).limit(LOADED_ROWS)
            return _game(game), [_log_row(row) for row in reversed((await connection.execute(last)).all())]

        return await self._database.write(load)

    async def row_by_number(self, game_id: UUID, number: int) -> LogRow | None:
        """A row of a game's log."""
        return await self._row(select(*_ROW).where(turns.c.game_id == game_id, turns.c.number == number))

    async def row_by_key(self, game_id: UUID, key: str) -> LogRow | None:
        """The row that an idempotency key came to, however long ago."""
        return await self._row(select(*_ROW).where(turns.c.game_id == game_id, turns.c.request_id == key))

    async def rows_after(self, game_id: UUID, number: int, limit: int) -> list[LogRow] | None:
        """A game's rows with a higher number, in the order of their numbers; None: there is no such game."""
        wanted = select(*_ROW).where(turns.c.game_id == game_id, turns.c.number > number).order_by(turns.c.number).limit(limit)

        async def read(connection: AsyncConnection) -> list[LogRow] | None:
            rows = [_log_row(row) for row in await connection.execute(wanted)]
            if not rows and (await connection.execute(select(games.c.game_id).where(games.c.game_id == game_id))).first() is None:
                return None
            return rows

        return await self._database.read(read)

    async def of_player(self, player_id: UUID, status: Status | None, limit: int, before: tuple[datetime, UUID] | None) -> list[Game]:
        """A player's games without their states, the last played first; `before` is the last one already seen."""
        wanted = select(*_GAME_BUT_STATE).where(games.c.player_id == player_id)
        if status is not None:
            wanted = wanted.where(games.c.status == status.value)
        if before is not None:
            wanted = wanted.where(tuple_(games.c.update_time, games.c.game_id) < before)
        wanted = wanted.order_by(games.c.update_time.desc(), games.c.game_id.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(wanted))
        return [_game(row) for row in rows]

    async def _row(self, wanted: Select[*tuple[Any, ...]]) -> LogRow | None:  # Any: a row's columns
        row = (await self._database.read(lambda connection: connection.execute(wanted))).one_or_none()
        return None if row is None else _log_row(row)


async def _write(saved: Sequence[SavedGame], connection: AsyncConnection) -> list[Outcome]:
    """Begins what is new, locks what is not, judges it, and writes what may be written, with what follows from it."""
    beginning = [one.game for one in saved if judge(one, None).verdict is Verdict.SAVED]
    begun: set[UUID] = set()
    if beginning:
        begun = set(await connection.scalars(_BEGIN, _sent_games.arrays(beginning)))
    standings = await _lock(connection, [one for one in saved if one.game.game_id not in begun])
    # Asked after the games hold their players: an erasure has come before, and is seen, or waits and finds them.
    buried = await _buried(connection, [one.game for one in saved if one.game.game_id not in standings])
    if undone := [game for game in beginning if game.game_id in begun & buried]:
        await connection.execute(_UNDO_BEGIN, _sent_ids.arrays(undone))
    outcomes = [erased(one.game) if one.game.game_id in buried else judge(one, standings.get(one.game.game_id)) for one in saved]
    good = [one for one, outcome in zip(saved, outcomes, strict=True) if outcome.verdict is Verdict.SAVED]
    # While the games are locked nobody else adds rows to them: what is not stored now is new.
    stored = {(game_id, number) for game_id, standing in standings.items() for number in standing.rule_hashes}
    rows = [row for one in good for row in one.rows]
    new_rows = [row for row in rows if (row.game_id, row.number) not in stored]
    if known := [row for row in rows if (row.game_id, row.number) in stored and row.telling is not None]:
        await connection.execute(_TELL_ROWS, _sent_tellings.arrays(known))
    await copy(connection, turns, new_rows)
    traces = [one.traces for one in good]
    new = {(row.game_id, row.number) for row in new_rows}
    advanced = [one.game for one in good if one.game.game_id not in begun]
    finish = {**_sent_games.arrays(advanced), **postgres_traces.arrays(traces), **postgres_statistics.arrays(count(good, begun, new))}
    if any(finish.values()):
        await connection.execute(_FINISH, finish)
    return outcomes


async def _buried(connection: AsyncConnection, wanted: Sequence[Game]) -> set[UUID]:
    """Which games were erased, or their players."""
    if not wanted:
        return set()
    hashes = {game.game_id: {player_hash(game.player_id), game_hash(game.player_id, game.game_id)} for game in wanted}
    burials = [Burial(subject_hash=one) for both in hashes.values() for one in both]
    found = set(await connection.scalars(_BURIED, _sent_hashes.arrays(burials)))
    return {game_id for game_id, both in hashes.items() if both & found}


async def _lock(connection: AsyncConnection, saved: Sequence[SavedGame]) -> dict[UUID, Standing]:
    """What is stored of games, by id, and stays so until the transaction ends."""
    if not saved:
        return {}
    locked = (await connection.execute(_LOCK, _sent_ids.arrays([one.game for one in saved]))).all()
    # A game stands at the number of its last row: what is beyond it is not stored, and need not be looked for.
    reached = {row.game_id: row.number for row in locked}
    rule_hashes: defaultdict[UUID, dict[int, bytes]] = defaultdict(dict)
    if again := [row for one in saved for row in one.rows if row.number <= reached.get(row.game_id, -1)]:
        for game_id, number, rule_hash in await connection.execute(_STORED_ROWS, _sent_numbers.arrays(again)):
            rule_hashes[game_id][number] = rule_hash
    return {
        row.game_id: Standing(
            player_id=row.player_id,
            scenario_id=row.scenario_id,
            seed=row.seed,
            epoch=row.epoch,
            number=row.number,
            rule_hashes=rule_hashes[row.game_id],
        )
        for row in locked
    }


def _game(row: Row[*tuple[Any, ...]]) -> Game:  # Any: a row's columns
    return Game(**{"state": b"", **row._mapping, "status": Status(row.status)})  # noqa: SLF001  public, for all its name


def _log_row(row: Row[*tuple[Any, ...]]) -> LogRow:  # Any: a row's columns
    return LogRow(**row._mapping)  # noqa: SLF001  public, for all its name
