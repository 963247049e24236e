"""`maratang doctor`: whether this host is fit to run the system, and what runs there runs well."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from services.chassis.config import Secret, load_or_exit
from services.local import postgres, valkey
from services.local.config import PROJECT, LocalConfig
from services.local.credentials import credentials
from services.local.doctor import env_file as settings_file
from services.local.doctor import host, models, ports, stores
from services.local.doctor.asking import Compose, ContainedPostgres, ContainedRedis, DirectPostgres, DirectRedis, PostgresAsked, RedisAsked
from services.local.doctor.findings import Finding, State, warning
from services.local.embedded import POSTGRES, VALKEY, parts
from services.local.record import Home

_WRONG = 1
_MARKS = {State.WELL: "[green]well [/]", State.WARNING: "[yellow]look [/]", State.WRONG: "[red]wrong[/]"}
_HTTP_PORT = 80


def doctor(
    *,
    env_file: Annotated[
        Path | None, typer.Option(help="The deployment on one host that this file sets up (.env.prod); else `make up` on this machine.")
    ] = None,
    redis_url: Annotated[str | None, typer.Option(help="A Redis elsewhere: redis://… or redis+cluster://…")] = None,
    database_url: Annotated[str | None, typer.Option(help="A PostgreSQL elsewhere: postgresql://…")] = None,
) -> None:
    """Look this host over and say what to do. Exit status 0: nothing is wrong; 1: something is. Nothing is changed."""
    look = _one_host(env_file.absolute(), redis_url, database_url) if env_file is not None else _embedded(redis_url, database_url)
    found = asyncio.run(look)
    _show(found)
    raise typer.Exit(_WRONG if any(one.state is State.WRONG for one in found) else 0)


async def _embedded(redis_url: str | None, database_url: str | None) -> list[Finding]:
    """The shape of `make up`."""
    config = load_or_exit(LocalConfig)
    home = Home(config.home.absolute())
    record = home.read() if home.running else None
    alive = [] if record is None else [one for one in record.parts if one.alive]
    own = {port for one in alive for port in one.ports.values()}
    found = [host.disk("data", home.folder)]
    urls = (config.vllm_base_url,) if config.vllm_base_url else ()
    if home.credentials_file.exists():
        kept = credentials(home.credentials_file)
        wanted = {f"{part.name}: {what}": port for part in parts(config, kept, with_small_model=False) for what, port in part.ports.items()}
        found += ports.embedded(wanted, own)
        redis_url = redis_url or valkey.url(config.port + VALKEY, kept.valkey)
        database_url = database_url or postgres.url(config.port + POSTGRES, kept.postgres)
    if urls:
        found += await models.look(urls, (), adapters=models.adapters_of(config.scenarios))
    if record is None and not (redis_url and database_url):
        found.append(warning("system", f"nothing runs from {config.home}", "make up"))
    elif redis_url and database_url and (alive or not home.credentials_file.exists()):
        found += await stores.redis(DirectRedis(redis_url))
        found += await stores.postgres(DirectPostgres(database_url))
    else:
        found.append(warning("system", f"nothing runs from {config.home}", "make up"))
    return found


async def _one_host(env_file: Path, redis_url: str | None, database_url: str | None) -> list[Finding]:
    """The deployment by Compose."""
    values, found = settings_file.read(env_file)
    project = env_file.parent
    found.append(host.disk("backups", project / (values.get("BACKUP_FOLDER") or "backups")))
    found.append(host.disk("volumes", Path("/var/lib/docker")))
    found.append(await ports.edge(int(values.get("HTTP_PORT") or _HTTP_PORT)))
    base, lora = (settings_file.model_urls(values, name) for name in settings_file.MODEL_URLS)
    base_key, lora_key = (Secret(values[name]) if values.get(name) else None for name in ("VLLM_API_KEY", "LORA_VLLM_API_KEY"))
    found += await models.look(base, lora, base_key=base_key, lora_key=lora_key, adapters=models.adapters_of(PROJECT / "scenarios"))
    compose = Compose(project, env_file)
    live: RedisAsked = ContainedRedis(compose) if redis_url is None else DirectRedis(redis_url)
    owner, name = values.get("POSTGRES_USER", ""), values.get("POSTGRES_DB", "")
    database: PostgresAsked = ContainedPostgres(compose, owner, name) if database_url is None else DirectPostgres(database_url)
    found += await stores.redis(live)
    found += await stores.postgres(database)
    return found


def _show(found: Sequence[Finding]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    width = max(len(one.about) for one in found)
    for one in found:
        console.print(f"{_MARKS[one.state]}  {one.about:<{width}}  {escape(one.says)}")
        if one.advice:
            console.print(f"{'':<{width + 7}}→ {escape(one.advice)}")
    faults = sum(one.state is State.WRONG for one in found)
    console.print(f"\n{len(found)} things looked at, {faults or 'nothing'} wrong")
