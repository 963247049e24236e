"""How fast the rules are, on one core: `python -m tests.bench rules`.

The steps are those of games that a bot plays at random. Each figure is of the fastest of several rounds, in the processor's time: other
programs on the machine slow a round down, nothing speeds it up.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from random import Random

from rich.console import Console
from rich.table import Table

from services.game.packs.prover.search import Move
from services.game.rules.admissible import admissible
from services.game.rules.begin import begin
from services.game.rules.codec import decode, encode, state_hash
from services.game.rules.decide import decide, dice_of, play
from services.game.rules.evolve import replay
from services.game.rules.pack import Pack
from services.game.rules.state import State
from tests.bench.results import keep
from tests.support.bots import bot
from tests.support.scenarios import NAMES, scenario

Step = tuple[State, Move]


def steps_of(pack: Pack, games: int) -> list[Step]:
    """The turns of so many games at random."""
    steps: list[Step] = []
    for number in range(games):
        dice = Random(number)
        state, _ = begin(pack, dice.randbytes(8))
        move = bot("random", pack, dice, {}, number)
        while state.ending is None:
            asked = move(state)
            steps.append((state, asked))
            state = play(pack, state, *asked).state
    return steps


def measures(pack: Pack) -> dict[str, Callable[[State, Move], object]]:
    """What is measured, by what it is called."""

    def decided_and_replayed(state: State, move: Move) -> State:
        command, label = move
        return replay(pack, state, decide(pack, state, command, dice_of(state), label))

    return {
        "a turn: its events and the state after it": lambda state, move: play(pack, state, *move),
        "a turn decided, then its events replayed": decided_and_replayed,
        "all that can be done now": lambda state, _: admissible(pack, state),
        "a state written": lambda state, _: encode(state),
        "a state written, and read again": lambda state, _: decode(encode(state)),
        "a state's hash": lambda state, _: state_hash(state),
    }


def seconds_of(measure: Callable[[State, Move], object], steps: Sequence[Step], rounds: int) -> float:
    """The processor's seconds of one step, in the fastest round."""
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        for state, move in steps:
            measure(state, move)
        spent.append((time.process_time() - began) / len(steps))
    return min(spent)


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    options = argparse.ArgumentParser(prog="python -m tests.bench rules", description=__doc__)
    options.add_argument("--games", type=int, default=60, help="how many games the steps are of (60)")
    options.add_argument("--rounds", type=int, default=15, help="how often each is measured (15)")
    asked = options.parse_args(arguments)
    console, figures = Console(), dict[str, dict[str, float]]()
    for name in NAMES:
        pack, _ = scenario(name)
        steps = steps_of(pack, asked.games)
        table = Table(title=f"{name} {pack.version}: {len(steps):,} turns of {asked.games} games, one core", title_justify="left")
        for heading in ("", "µs", "a second"):
            table.add_column(heading, justify="right" if heading else "left")
        for what, measure in measures(pack).items():
            seconds = seconds_of(measure, steps, asked.rounds)
            table.add_row(what, f"{1e6 * seconds:.1f}", f"{1 / seconds:,.0f}")
            figures.setdefault(name, {})[what] = round(1 / seconds)
        console.print(table)
    console.print(keep("rules", {"a_second": figures}))
    return 0
