"""The order of things: packs are checked before anything is touched, then the schema, its rights, the packs in one transaction."""

import asyncio
from collections.abc import Callable

from services.chassis import errors
from services.chassis.config import Secret
from services.init_db.config import InitDbConfig
from services.init_db.folders import BadPacks, read_packs
from services.persistence import migrating, rights
from services.persistence.adapters.database import connected
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.ports import DataRefused
from services.persistence.scenarios import Pack

_RETRY_SECONDS = 0.5
_REPORT_SECONDS = 5.0

Say = Callable[[str], None]


async def prepare(config: InitDbConfig, *, say: Say) -> None:
    """Brings the database up to date with the code and the scenarios; `say` gets a line for each thing done.

    Running it again, or several at once, is harmless. Raises BadPacks, and then nothing was changed; RolesNotMade;
    errors.Unavailable if PostgreSQL did not answer in time.
    """
    packs = await asyncio.to_thread(read_packs, config.scenarios)
    say(f"packs checked: {len(packs)}")
    await _wait(config, say)
    ran = await migrating.upgrade(config.database_url)
    say(f"migrations run: {', '.join(ran)}" if ran else "migrations: none to run")
    await rights.grant(config.database_url, app=config.database_app_password, read=config.database_read_password)
    say(f"rights given: {rights.APP}, {rights.READ}")
    published = await _publish(config.database_url, packs)
    for pack in packs:
        scenario = pack.scenario
        done = "published" if pack in published else "unchanged"
        say(f"{done}: {scenario.scenario_id} {scenario.version} ({scenario.pack_hash[:12]})")


async def _wait(config: InitDbConfig, say: Say) -> None:
    """Waits for PostgreSQL, saying every few seconds why it still does."""
    loop = asyncio.get_running_loop()
    began = reported = loop.time()
    while True:
        try:
            await migrating.reach(config.database_url)
        except errors.Unavailable as away:
            now = loop.time()
            if now - began >= config.database_wait.total_seconds():
                raise
            if reported == began or now - reported >= _REPORT_SECONDS:
                say(f"waiting for PostgreSQL ({now - began:.0f} s of {config.database_wait.total_seconds():.0f}): {away.message}")
                reported = now
        else:
            return
        await asyncio.sleep(_RETRY_SECONDS)


async def _publish(database_url: Secret, packs: list[Pack]) -> list[Pack]:
    async with connected(database_url, pool_size=1) as database:
        try:
            return await PostgresScenarios(database).publish(packs)
        except DataRefused as refused:
            raise BadPacks([f"PostgreSQL does not take the packs: {refused}"]) from refused
