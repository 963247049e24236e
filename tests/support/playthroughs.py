"""Readable golden playthroughs: `python -m tests.support.playthroughs` writes them anew."""

from pathlib import Path

from services.game.packs.compiler import compile_located
from services.game.packs.folder import read_folder
from services.game.packs.lines import line
from services.game.packs.trials import Trials, read_trials
from services.game.rules.begin import begin
from services.game.rules.codec import state_hash
from services.game.rules.commands import Command
from services.game.rules.decide import decide, dice_of
from services.game.rules.events import Event
from services.game.rules.evolve import replay
from services.game.rules.pack import Pack
from services.game.rules.state import State

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "scenarios" / "tutorial"
GOLDEN = ROOT / "tests" / "unit" / "game" / "playthroughs"


def tutorial() -> tuple[Pack, Trials]:
    """The tutorial, compiled, with its own tests."""
    files = read_folder(TUTORIAL)
    located = compile_located(files)
    return located.pack, read_trials(located, files)


def playthrough(pack: Pack, trials: Trials, ending: str) -> str:
    """One witness, played: each command, each event (`.` before the hidden ones), its words, the state's hash."""
    state, events = begin(pack, trials.seed)
    told = [f"{pack.scenario_id}: {ending}", "", "(opening)", *_tell(pack, events), _stand(state)]
    for command in trials.witnesses[ending]:
        events = decide(pack, state, command, dice_of(state))
        state = replay(pack, state, events)
        told += ["", f"> {_spell(command)}", *_tell(pack, events), _stand(state)]
    told += ["", *(f"{locale}: {pack.text(f'ending.{state.ending}.epilogue', locale)}" for locale in pack.texts)]
    return "\n".join(told) + "\n"


def _spell(command: Command) -> str:
    parts = (command.verb.value, command.object, command.target, command.topic, command.code)
    return " ".join(part for part in parts if part is not None)


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


def main() -> None:
    """Write every golden playthrough anew."""
    pack, trials = tutorial()
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for ending in trials.witnesses:
        (GOLDEN / f"{pack.scenario_id}.{ending}.txt").write_text(playthrough(pack, trials, ending), encoding="utf-8")


if __name__ == "__main__":
    main()
