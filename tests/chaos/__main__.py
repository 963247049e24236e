"""`python -m tests.chaos`: breaks things while clients play, for a bounded time, and says which promises held."""

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

import uvloop

from tests.chaos.nemesis import Rates
from tests.chaos.storm import Plan, storm
from tests.support.servers import PROJECT


def main() -> None:
    """Runs and reports; the exit status is 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None, help="as an earlier run printed it, to have the same faults again")
    asked = parser.parse_args()
    seed = random.randrange(1 << 31) if asked.seed is None else asked.seed
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        plan = Plan(seconds=asked.minutes * 60, clients=asked.clients, seed=seed, rates=Rates())
        report = uvloop.run(storm(Path(folder), plan, lambda line: print(line, flush=True)))
        path = report.write(PROJECT / "build" / "chaos", f"storm-{seed}")
        if report.violations:
            shutil.copytree(Path(folder) / "logs", path.with_suffix(".logs"), dirs_exist_ok=True)
    print(report.as_text())
    print(f"written to {path.relative_to(PROJECT)}")
    sys.exit(bool(report.violations))


if __name__ == "__main__":
    main()
