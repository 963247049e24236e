"""Whom a server runs as that refuses to run as root."""

import os
import pwd
import stat
from pathlib import Path

from services.local.parts import Account, PartError

_NAMES = ("postgres", "nobody")
_CAPABILITIES = {"dac_override": 1, "dac_read_search": 2}
_STATUS = Path("/proc/self/status")


def account_for(folder: Path, program: Path) -> Account | None:
    """Who runs `program` on the data in `folder`: None (this process's user), or, as root, the folder's owner, "postgres" or "nobody".

    Both may lie where only root may go, such as /root: then the account gets the one capability that lets it read there.
    Raises PartError, saying what to do, where this machine allows no such thing.
    """
    if os.geteuid() != 0:
        return None
    uid, gid = _owner(folder) or _first_known()
    capability = _needed(uid, folder, program)
    if capability is None:
        return Account(uid=uid, gid=gid)
    allowed = _allowed()
    for one in (capability, "dac_override"):
        if allowed >> _CAPABILITIES[one] & 1:
            return Account(uid=uid, gid=gid, capability=one)
    raise PartError(
        f"PostgreSQL does not run as root, and the user {pwd.getpwuid(uid).pw_name!r}, who would run it, may not read {program} "
        f"or enter {folder}. Run this as an ordinary user, put the project where all may read, as in /srv, "
        "or move its data with MARATANG_HOME."
    )


def _owner(folder: Path) -> tuple[int, int] | None:
    if not folder.exists() or (found := folder.stat()).st_uid == 0:
        return None
    return found.st_uid, found.st_gid


def _first_known() -> tuple[int, int]:
    for name in _NAMES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    raise PartError(f"PostgreSQL does not run as root, and this machine has no user {' or '.join(_NAMES)}: useradd --system postgres")


def _needed(uid: int, folder: Path, program: Path) -> str | None:
    if not program.stat().st_mode & stat.S_IXOTH:
        return "dac_override"
    on_the_way = (*program.parents, *folder.absolute().parents)
    closed = (path for path in on_the_way if path.exists() and not _may_pass(path.stat(), uid))
    return None if next(closed, None) is None else "dac_read_search"


def _may_pass(found: os.stat_result, uid: int) -> bool:
    return bool(found.st_mode & (stat.S_IXUSR if found.st_uid == uid else stat.S_IXOTH))


def _allowed() -> int:
    if not _STATUS.exists():
        return 0
    fields = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="ascii").splitlines())
    return int(fields["CapBnd"], 16)
