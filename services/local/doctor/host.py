"""The machine itself: its disks, and the ports that the system wants."""

import shutil
from pathlib import Path

from services.local.doctor.findings import Finding, warning, well, wrong

_GB = 1024**3
LEAST_FREE_GB, LITTLE_FREE_GB = 2, 10
_LITTLE_FREE_PERCENT = 10


def disk(what: str, folder: Path, *, least_gb: float = LEAST_FREE_GB) -> Finding:
    """How much room there is where `folder` is, or will be."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    usage = shutil.disk_usage(there)
    free_gb, percent = usage.free / _GB, 100 * usage.free / usage.total
    says = f"{what} ({folder}): {free_gb:.1f} GB free, {percent:.0f} %"
    if free_gb < least_gb:
        return wrong("disk", says, "make room now: without any, PostgreSQL and Redis refuse all writes")
    if free_gb < LITTLE_FREE_GB or percent < _LITTLE_FREE_PERCENT:
        return warning("disk", says, "make room, or give it a larger disk")
    return well("disk", says)
