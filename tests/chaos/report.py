"""What a run broke, what was played meanwhile, and which promises held."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.history import Violation

INVARIANTS: Mapping[str, str] = {
    "I1": "every acknowledged turn is in the log, the same",
    "I2": "each key and each number once",
    "I3": "PostgreSQL's log has no gap at any instant",
    "I4": "turns are in the order of real time",
    "I5": "replay gives every stored hash",
    "I6": "what was shown is what is kept, or a reset was sent",
    "I7": "no write with an old fence",
    "I8": "(epoch, number) never falls",
    "I9": "dirty if and only if behind",
    "I10": "when the faults stop, all settles, and every game goes on",
    "I11": "memory and descriptors are bounded",
    "I12": "no access across owners",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole run."""

    seed: int
    seconds: float
    clients: int
    acknowledged: int
    forgiven: int
    """Of these, LOCAL ones that went with a wiped Redis."""
    broken: Mapping[str, int]
    deaths: Mapping[str, Mapping[str, int]]
    commits_cut: int
    wipes: int
    counts: Mapping[str, int]
    samples: Mapping[str, int]
    heaviest: Mapping[str, tuple[int, int]]
    p50_ms: float
    p99_ms: float
    in_time: float
    """The share of turns that ended within 30 s."""
    failpoints: Mapping[str, int]
    violations: Sequence[Violation]

    @property
    def kills(self) -> int:
        """How many processes ended by SIGKILL, from outside or at a failpoint."""
        return sum(count for ends in self.deaths.values() for how, count in ends.items() if how in {"killed", "failpoint"})

    @property
    def broken_promises(self) -> dict[str, list[Violation]]:
        """The violations by invariant."""
        found: dict[str, list[Violation]] = {}
        for one in self.violations:
            found.setdefault(one.invariant, []).append(one)
        return found

    def as_json(self) -> dict[str, Any]:
        """The report as it is written to a file."""
        return {
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "clients": self.clients,
            "turns": {
                "acknowledged": self.acknowledged,
                "forgiven": self.forgiven,
                "p50_ms": round(self.p50_ms, 1),
                "p99_ms": round(self.p99_ms, 1),
                "within_30_s": self.in_time,
            },
            "kills": self.kills,
            "commits_cut": self.commits_cut,
            "redis_wiped": self.wipes,
            "broken": dict(sorted(self.broken.items())),
            "deaths": {name: dict(ends) for name, ends in self.deaths.items()},
            "failpoints": dict(sorted(self.failpoints.items())),
            "clients_saw": dict(sorted(self.counts.items())),
            "samples": dict(self.samples),
            "heaviest": {name: {"mb": weight >> 20, "descriptors": fds} for name, (weight, fds) in self.heaviest.items()},
            "invariants": {name: len(self.broken_promises.get(name, ())) for name in INVARIANTS},
            "violations": [str(one) for one in self.violations],
        }

    def as_text(self) -> str:
        """The report for people."""
        lines = [
            f"seed {self.seed}, {self.seconds:.0f} s, {self.clients} clients",
            f"  {self.acknowledged} acknowledged turns, of which {self.forgiven} LOCAL ones went with a wiped Redis",
            f"  p50 {self.p50_ms:.0f} ms, p99 {self.p99_ms:.0f} ms, {self.in_time:.2%} within 30 s",
            f"  {self.kills} processes killed, {self.commits_cut} connections cut after COMMIT, Redis wiped {self.wipes} times",
            "  broken:",
            *(f"    {count:5d}  {what}" for what, count in sorted(self.broken.items())),
            "  ends of processes:",
            *(
                f"    {name:<12} " + ", ".join(f"{count} {how}" for how, count in ends.items())
                for name, ends in self.deaths.items()
                if ends
            ),
            "  failpoints that broke a process:",
            *(f"    {count:5d}  {point}" for point, count in sorted(self.failpoints.items())),
            "  clients saw:",
            *(f"    {count:5d}  {what}" for what, count in sorted(self.counts.items())),
            "  samples: " + ", ".join(f"{count} {what}" for what, count in self.samples.items()),
            "  heaviest: " + ", ".join(f"{name} {weight >> 20} MB {fds} fds" for name, (weight, fds) in self.heaviest.items()),
            "  promises:",
            *(
                f"    {name:<4} {'held' if not (found := self.broken_promises.get(name, [])) else f'BROKEN {len(found)} times'}: {promise}"
                for name, promise in INVARIANTS.items()
            ),
            *(f"  ! {one}" for one in self.violations[:20]),
        ]
        if len(self.violations) > 20:
            lines.append(f"  … and {len(self.violations) - 20} more")
        return "\n".join(lines)

    def write(self, folder: Path, name: str) -> Path:
        """Writes both forms; the path of the JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text(self.as_text() + "\n", encoding="utf-8")
        path = folder / f"{name}.json"
        path.write_text(json.dumps(self.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path
