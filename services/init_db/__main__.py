"""Prepares the database: checks every pack, migrates, publishes. Exits 0, or says why not."""

import asyncio
import sys

from services.chassis import errors, logs
from services.chassis.config import load_or_exit
from services.init_db.config import InitDbConfig
from services.init_db.folders import BadPacks
from services.init_db.preparing import prepare
from services.persistence.rights import RolesNotMade

EX_DATAERR = 65
"""A pack is bad; no pack was changed (sysexits.h)."""
EX_UNAVAILABLE = 69
"""PostgreSQL does not answer (sysexits.h)."""
EX_NOPERM = 77
"""The database's user may not make the roles (sysexits.h)."""


def main() -> int:
    """Prepares the database and returns the exit status; what it did goes to stdout, what is wrong to stderr."""
    logs.configure("init_db")
    config = load_or_exit(InitDbConfig)
    try:
        asyncio.run(prepare(config, say=_say))
    except BadPacks as bad:
        print("these packs can't be published; no pack was changed:", *bad.faults, sep="\n  ", file=sys.stderr)  # noqa: T201  as below
        return EX_DATAERR
    except RolesNotMade as not_made:
        print(not_made, file=sys.stderr)  # noqa: T201  as below
        return EX_NOPERM
    except errors.Unavailable as away:
        print(away.message, file=sys.stderr)  # noqa: T201  as below
        return EX_UNAVAILABLE
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  a command speaks to whoever started it


if __name__ == "__main__":
    sys.exit(main())
