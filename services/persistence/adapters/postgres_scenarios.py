"""Packs and what is published of them, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters import postgres_audit
from services.persistence.adapters.database import Database
from services.persistence.audit import Deed
from services.persistence.scenarios import Pack, Scenario, Words
from services.persistence.schema import packs, scenarios

_PUBLISHED = select(packs.c.scenario_id, packs.c.pack_hash, packs.c.version, packs.c.entry).join_from(
    scenarios, packs, scenarios.c.pack_hash == packs.c.pack_hash
)


class PostgresScenarios:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(self, new: Sequence[Pack]) -> list[Pack]:
        """Stores packs and has new games pinned to them, all in one transaction; those of which anything changed.

        Raises DataRefused, and then nothing is stored.
        """

        async def publish(connection: AsyncConnection) -> list[Pack]:
            changed = []
            for pack in sorted(new, key=lambda one: one.scenario.scenario_id):
                stored = await connection.execute(_storing(pack))
                pinned = await connection.execute(_pinning(pack))
                if stored.rowcount or pinned.rowcount:
                    changed.append(pack)
            return changed

        return await self._database.write(publish)

    async def pin(self, pack_hash: str, deed: Deed) -> Scenario | None:
        """Has new games of a scenario pinned to a stored pack, and keeps the deed; None: no such pack is stored.

        The same request again changes nothing, whatever was published since.
        """
        stored = select(packs.c.scenario_id, packs.c.pack_hash, packs.c.version, packs.c.entry).where(packs.c.pack_hash == pack_hash)

        async def pin(connection: AsyncConnection) -> Scenario | None:
            row = (await connection.execute(stored)).one_or_none()
            if row is None:
                return None
            held = select(scenarios.c.pack_hash).where(scenarios.c.scenario_id == row.scenario_id).with_for_update()
            before = await connection.scalar(held)
            done = replace(deed, subject=row.scenario_id, before={"packHash": before}, after={"packHash": pack_hash})
            _, is_new = await postgres_audit.record(connection, done)
            if is_new:
                pinned = update(scenarios).where(scenarios.c.scenario_id == row.scenario_id)
                await connection.execute(pinned.values(pack_hash=pack_hash, publish_time=func.now()))
            return _scenario(row)

        return await self._database.write(pin)

    async def pack(self, pack_hash: str) -> Pack | None:
        """A pack by its content hash."""
        wanted = select(packs).where(packs.c.pack_hash == pack_hash)
        row = (await self._database.read(lambda connection: connection.execute(wanted))).one_or_none()
        return None if row is None else Pack(scenario=_scenario(row), files=row.files)

    async def published(self, scenario_id: str) -> Scenario | None:
        """A scenario as it is published now."""
        wanted = _PUBLISHED.where(scenarios.c.scenario_id == scenario_id)
        row = (await self._database.read(lambda connection: connection.execute(wanted))).one_or_none()
        return None if row is None else _scenario(row)

    async def all_published(self, limit: int, after: str) -> list[Scenario]:
        """The published scenarios by id, beginning behind `after`."""
        wanted = _PUBLISHED.where(scenarios.c.scenario_id > after).order_by(scenarios.c.scenario_id).limit(limit)
        return [_scenario(row) for row in await self._database.read(lambda connection: connection.execute(wanted))]


def _storing(pack: Pack) -> Insert:
    """The content of a hash never changes; what the catalogue says of it may, when the code that says it does."""
    scenario = pack.scenario
    new = insert(packs).values(
        pack_hash=scenario.pack_hash,
        scenario_id=scenario.scenario_id,
        version=scenario.version,
        files=dict(pack.files),
        entry={
            "rating": scenario.rating,
            "words": [asdict(one) for one in scenario.words],
            "days": scenario.days,
            "slots_per_day": scenario.slots_per_day,
            "endings": scenario.endings,
        },
    )
    return new.on_conflict_do_update(
        index_elements=[packs.c.pack_hash], set_={"entry": new.excluded.entry}, where=packs.c.entry != new.excluded.entry
    )


def _pinning(pack: Pack) -> Insert:
    new = insert(scenarios).values(scenario_id=pack.scenario.scenario_id, pack_hash=pack.scenario.pack_hash)
    return new.on_conflict_do_update(
        index_elements=[scenarios.c.scenario_id],
        set_={"pack_hash": new.excluded.pack_hash, "publish_time": func.now()},
        where=scenarios.c.pack_hash != new.excluded.pack_hash,
    )


def _scenario(row: Row[*tuple[Any, ...]]) -> Scenario:  # Any: a row's columns
    entry = row.entry
    return Scenario(
        scenario_id=row.scenario_id,
        version=row.version,
        pack_hash=row.pack_hash,
        rating=entry["rating"],
        words=tuple(Words(**one) for one in entry["words"]),
        days=entry["days"],
        slots_per_day=entry["slots_per_day"],
        endings=entry["endings"],
    )
