"""The two stores: whether they keep what they acknowledge, the schema is the code's, and their clocks are this host's."""

import time
from collections.abc import Callable

from services.local.doctor.asking import PostgresAsked, RedisAsked, Unreached
from services.local.doctor.findings import Finding, warning, well, wrong
from services.persistence.migrating import revisions

_REDIS_MUST = {
    "appendonly": ("yes", "without it a restart loses every game that PostgreSQL lacks something of"),
    "appendfsync": ("always", "with anything else a kill loses writes that were acknowledged"),
    "no-appendfsync-on-rewrite": ("no", "with yes, writes are not on the disk while the log is rewritten"),
    "maxmemory-policy": ("noeviction", "with anything else Redis throws games away when it is full"),
}
_POSTGRES_MUST = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_OLDEST_REDIS, _OLDEST_POSTGRES = 7, 15
SKEW_SECONDS = 2.0
_FULL_PERCENT = 60


async def redis(asked: RedisAsked, now: Callable[[], float] = time.time) -> list[Finding]:
    """Redis' durability, memory, version and clock."""
    found: list[Finding] = []
    try:
        for name, (must, otherwise) in _REDIS_MUST.items():
            said = {lines[-1] if len(lines) > 1 else "" for lines in await asked.servers("CONFIG", "GET", name)}
            if said != {must}:
                says = f"{name} is {' and '.join(sorted(said)) or 'unknown'}: {otherwise}"
                found.append(wrong("redis", says, f"start it with --{name} {must}"))
        found += [await _memory(asked), *await _versions(asked)]
        sent = now()
        clocks = [float(lines[0]) + float(lines[1]) / 1e6 for lines in await asked.servers("TIME")]
        found.append(_clock("redis", clocks, sent, now()))
    except Unreached as error:
        return [wrong("redis", f"can't be asked: {error}", "is it running? Nobody plays without it; nothing is lost")]
    return found


async def _memory(asked: RedisAsked) -> Finding:
    shares: list[float] = []
    for lines in await asked.servers("INFO", "memory"):
        facts = _facts(lines)
        if not int(facts.get("maxmemory", "0")):
            return wrong("redis", "maxmemory is not set: it grows until the kernel kills it", "start it with --maxmemory 1gb, or more")
        shares.append(100 * (int(facts["used_memory"]) - int(facts.get("mem_not_counted_for_evict", "0"))) / int(facts["maxmemory"]))
    says = f"memory: {max(shares):.0f} % of maxmemory"
    if max(shares) >= _FULL_PERCENT:
        return warning("redis", f"{says}; there are no new games from {_FULL_PERCENT} % on", "raise maxmemory (REDIS_MAXMEMORY)")
    return well("redis", says)


async def _versions(asked: RedisAsked) -> list[Finding]:
    for lines in await asked.servers("INFO", "server"):
        facts = _facts(lines)
        version = facts.get("valkey_version") or facts.get("redis_version", "0")
        if int(version.partition(".")[0]) < _OLDEST_REDIS:
            return [wrong("redis", f"version {version} has no script flags", f"run Redis {_OLDEST_REDIS} or newer, or Valkey")]
    for lines in await asked.servers("INFO", "persistence"):
        facts = _facts(lines)
        if facts.get("aof_last_write_status", "ok") != "ok":
            return [wrong("redis", "its last write to the disk failed: it refuses all writes", "is its disk full, or read-only?")]
    return [well("redis", f"version {version}, every write on the disk before it is acknowledged")]


async def postgres(asked: PostgresAsked, now: Callable[[], float] = time.time) -> list[Finding]:
    """PostgreSQL's durability, version, schema and clock."""
    found: list[Finding] = []
    try:
        version = int(await asked.value("SHOW server_version_num")) // 10_000
        if version < _OLDEST_POSTGRES:
            found.append(wrong("postgres", f"version {version} is too old", "run PostgreSQL 16"))
        for name, must in _POSTGRES_MUST.items():
            if (said := await asked.value(f"SHOW {name}")) != must:
                found.append(wrong("postgres", f"{name} is {said}: a power cut loses what was stored", f"set {name} = {must}"))
        if not found:
            found.append(well("postgres", f"version {version}, what is committed is on the disk"))
        found.append(await _schema(asked))
        sent = now()
        clock = float(await asked.value("SELECT extract(epoch FROM clock_timestamp())"))
        found.append(_clock("postgres", [clock], sent, now()))
    except Unreached as error:
        return [wrong("postgres", f"can't be asked: {error}", "is it running? Play goes on without it, for as long as Redis has room")]
    return found


async def _schema(asked: PostgresAsked) -> Finding:
    if not await asked.value("SELECT to_regclass('alembic_version')"):
        return wrong("migrations", "the database is empty", "run init_db: start_prod.sh and make up do")
    at, head = await asked.value("SELECT version_num FROM alembic_version"), revisions()[-1]
    if at == head:
        return well("migrations", f"at {head}, which is this code's")
    if at in revisions():
        return wrong("migrations", f"at {at}, this code wants {head}", "run init_db: start_prod.sh and make up do")
    return wrong("migrations", f"at {at}, which a newer code than this one made", f"run the newer code, or restore a backup at {head}")


def _clock(whose: str, clocks: list[float], sent: float, received: float) -> Finding:
    """A store's clock against this host's, which read the two times before and after it was asked."""
    ahead = max((max(sent - one, one - received, 0.0) for one in clocks), default=0.0)
    if ahead > SKEW_SECONDS:
        return wrong("clocks", f"{whose}'s is {ahead:.1f} s off this host's", "run an NTP client (chrony, systemd-timesyncd) on both hosts")
    return well("clocks", f"{whose}'s agrees with this host's")


def _facts(lines: list[str]) -> dict[str, str]:
    """What INFO says."""
    return {name: value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}
