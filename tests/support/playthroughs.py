"""Readable golden playthroughs: `make playthroughs` writes them anew."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from services.game.packs.compiler import compile_located
from services.game.packs.folder import read_folder
from services.game.packs.lines import line
from services.game.packs.shorthand import spelt
from services.game.packs.trials import Trials, read_trials
from services.game.rules.begin import begin
from services.game.rules.codec import state_hash
from services.game.rules.decide import play
from services.game.rules.events import Event
from services.game.rules.pack import Pack
from services.game.rules.state import State

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "scenarios" / "tutorial"
SNOWMARK = ROOT / "scenarios" / "snowmark"
SCENARIOS = (TUTORIAL, SNOWMARK)
"""The packs that ship."""
GOLDEN = ROOT / "tests" / "unit" / "game" / "playthroughs"


@cache
def tried(folder: Path) -> tuple[Pack, Trials]:
    """The pack of the folder, compiled, with its own tests."""
    files = read_folder(folder)
    located = compile_located(files)
    return located.pack, read_trials(located, files)


def tutorial() -> tuple[Pack, Trials]:
    """The tutorial, compiled, with its own tests."""
    return tried(TUTORIAL)


def playthrough(pack: Pack, trials: Trials, ending: str) -> str:
    """One witness, played: each command, each event (`.` before the hidden ones), its words, where it stands and the state's hash."""
    state, events = begin(pack, trials.seed)
    told = [f"{pack.scenario_id}: {ending}", "", "(opening)", *_tell(pack, events), _stand(state)]
    for command in trials.witnesses[ending]:
        events, state = play(pack, state, command)
        told += ["", f"> {spelt(command)}", *_tell(pack, events), _stand(state)]
    told += ["", *(f"{locale}: {pack.text(f'ending.{state.ending}.epilogue', locale)}" for locale in pack.texts)]
    return "\n".join(told) + "\n"


def _tell(pack: Pack, events: tuple[Event, ...]) -> list[str]:
    told = []
    for event in events:
        about = [f"{name}={value}" for name in ("subject", "object", "place", "value") if (value := getattr(event, name)) is not None]
        told.append(f"  {'.' if event.hidden else '*'} {' '.join([event.kind.value, *about])}")
        if not event.hidden:
            for locale in pack.texts:
                words = line(pack, event, locale)
                speaker = f"{pack.name(event.speaker, locale)}: " if event.speaker is not None else ""
                told += [f"      {locale} {speaker}{each}" for each in (words or "").splitlines()]
    return told


def _stand(state: State) -> str:
    return f"  = turn {state.meta.turn}, day {state.clock.day}, slot {state.clock.slot}, {state_hash(state).hex()[:16]}"


def goldens() -> Iterator[tuple[Path, str]]:
    """Every golden playthrough: its file, and what has to stand in it."""
    for folder in SCENARIOS:
        pack, trials = tried(folder)
        for ending in trials.witnesses:
            yield GOLDEN / f"{pack.scenario_id}.{ending}.txt", playthrough(pack, trials, ending)


def main() -> None:
    """Write every golden playthrough anew, and remove those of endings that are no more."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    written = dict(goldens())
    for file in set(GOLDEN.glob("*.txt")) - written.keys():
        file.unlink()
    for file, told in written.items():
        file.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
