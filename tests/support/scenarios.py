"""The packs that ship, with a way to each of their endings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.game.packs.compiler import compile_located
from services.game.packs.folder import read_folder
from services.game.packs.prover.prove import prove
from services.game.packs.prover.search import SEED, Move
from services.game.packs.trials import Trials, read_trials
from services.game.rules.pack import Pack

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
NAMES = tuple(sorted(path.parent.name for path in SCENARIOS.glob("*/pack.yaml")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Moves that, in a game with that seed, lead to an ending."""

    moves: tuple[Move, ...]
    seed: bytes


Ways = Mapping[str, Way]
"""By ending."""


@cache
def scenario(name: str) -> tuple[Pack, Trials]:
    """The pack, compiled, with its own tests."""
    files = read_folder(SCENARIOS / name)
    located = compile_located(files)
    return located.pack, read_trials(located, files)


def ways_of(name: str) -> Ways:
    """The witnesses of the pack's own tests, and for endings that have none the prover's, which take it a while."""
    pack, trials = scenario(name)
    ways = {
        ending: Way(moves=tuple((command, None) for command in commands), seed=trials.seed) for ending, commands in trials.witnesses.items()
    }
    if set(ways) < set(pack.endings):
        proved = prove(pack).witnesses
        ways |= {ending: Way(moves=proved["ending", ending], seed=SEED) for ending in pack.endings if ending not in ways}
    return ways
