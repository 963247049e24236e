"""Redis on a small disk that fills up during play, for root: `python -m tests.chaos.small_disk FOLDER SEED` in a mount namespace."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import uvloop

from tests.chaos.cluster import Shape
from tests.chaos.report import Report
from tests.chaos.scene import running_system
from tests.chaos.scripted import drained, players, wait_turns
from tests.chaos.storm import Plan, concluded
from tests.support.eventually import eventually

GAMES = 6
DISK_MB = 24


def in_a_namespace(folder: Path, seed: int) -> tuple[str, ...]:
    """The argv that runs this where its mounts are nobody else's."""
    return ("unshare", "--mount", "--propagation", "private", sys.executable, "-m", "tests.chaos.small_disk", str(folder), str(seed))


async def filled_and_freed(folder: Path, seed: int) -> Report:
    """Plays, fills the disk, plays on against it, frees it, and holds what was told against what was kept."""
    disk = folder / "disk"
    disk.mkdir()
    await asyncio.to_thread(subprocess.run, ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)], check=True)
    began = time.monotonic()
    async with running_system(folder, Shape(store_folder=disk / "valkey")) as system:
        on = await system.scene(seed)
        clients = await players(on, GAMES)
        await wait_turns(clients, 2)
        await drained(on)
        store = on.cluster.processes["valkey"]
        deaths = store.deaths.total()
        filler = disk / "filler"
        playing = asyncio.create_task(wait_turns(clients, 4))
        _fill(filler)
        on.ledger.broken["disk full"] += 1

        async def gave_up() -> bool:
            return store.deaths.total() > deaths

        # What can't be written is not acknowledged: Redis ends itself, and is started in vain until there is room.
        await eventually(gave_up, within=60)
        filler.unlink()
        await playing
        return await concluded(on, Plan(seconds=0, clients=GAMES, seed=seed), time.monotonic() - began)


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:
            return


def main() -> None:
    """Says how it went; the exit status is 1 when a promise was broken."""
    folder, seed = sys.argv[1:]
    report = uvloop.run(filled_and_freed(Path(folder), int(seed)))
    sys.stdout.write(report.as_text() + "\n")
    sys.exit(bool(report.violations))


if __name__ == "__main__":
    main()
