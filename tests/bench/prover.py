"""What proving the packs takes, their own witnesses tried first, as `check` does: `python -m tests.bench prover`.

Each is proved in a process of its own, so that its memory is its own.
"""

import argparse
import resource
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context

from rich.console import Console
from rich.table import Table

from services.game.packs.prover.prove import prove
from tests.bench.results import keep
from tests.support.scenarios import NAMES, scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a proof came to and took. `peak_mib`: the most memory the process had, with all of Python in it."""

    errors: int
    warnings: int
    reached: int
    undecided: int
    endings: str
    par: str
    states: int
    steps: int
    dead_end_states: int
    seconds: float
    peak_mib: int


def proved(name: str, seconds: float) -> Proof:
    """Prove the pack, in this process."""
    pack, trials = scenario(name)
    report = prove(pack, seconds=seconds, tried=trials.witnesses)
    errors = sum(finding.is_error for finding in report.findings)
    return Proof(
        errors=errors,
        warnings=len(report.findings) - errors,
        reached=len(report.witnesses),
        undecided=len(report.undecided),
        endings=f"{sum(kind == 'ending' for kind, _ in report.witnesses)} of {len(pack.endings)}",
        par=f"{report.par} of {report.limit} slots",
        states=report.states,
        steps=report.steps,
        dead_end_states=report.dead_end_states,
        seconds=round(report.seconds, 1),
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


_HEADINGS = {
    "errors": "errors",
    "warnings": "warnings",
    "reached": "things reached, by commands that were replayed",
    "undecided": "undecided",
    "endings": "endings reached",
    "par": "shortest victory",
    "states": "states looked at",
    "steps": "steps taken",
    "dead_end_states": "states asked for dead ends",
    "seconds": "seconds",
    "peak_mib": "peak memory, MiB",
}


def main(arguments: list[str]) -> int:
    """Measures and prints; exit code 1 where a pack is not proved."""
    options = argparse.ArgumentParser(prog="python -m tests.bench prover", description=__doc__)
    options.add_argument("--seconds", type=float, default=60, help="how long a proof may take, for each pack (60)")
    asked = options.parse_args(arguments)
    console, proofs = Console(), dict[str, Proof]()
    for name in NAMES:
        with console.status(f"proving {name} …"), ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            proofs[name] = pool.submit(proved, name, asked.seconds).result()
    table = Table(title="The prover, on one core", title_justify="left")
    for heading in ("", *proofs):
        table.add_column(heading, justify="right" if heading else "left")
    for field, heading in _HEADINGS.items():
        values = [getattr(proof, field) for proof in proofs.values()]
        table.add_row(heading, *(f"{value:,}" if isinstance(value, int) else str(value) for value in values))
    console.print(table)
    console.print(keep("prover", {name: asdict(proof) for name, proof in proofs.items()}))
    return int(any(proof.errors for proof in proofs.values()))
