"""Holding a pack to what it promises about itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.game.packs.shorthand import spelt
from services.game.packs.trials import Refusal, Step, Transcript, Trials
from services.game.rules.begin import begin
from services.game.rules.commands import Command, Refused
from services.game.rules.decide import play
from services.game.rules.events import Event
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.words.read import Impossible, Understood, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a trial came out. `kind` is witness, refused or transcript; `wrong` says what was otherwise, empty where nothing was."""

    kind: str
    name: str
    wrong: str

    @property
    def is_kept(self) -> bool:
        """Whether the promise was kept."""
        return not self.wrong


def try_all(pack: Pack, trials: Trials) -> Iterator[Verdict]:
    """The verdict on every trial, the witnesses first; an ending without a witness is a broken promise."""
    for ending in pack.endings:
        commands = trials.witnesses.get(ending)
        wrong = "no witness: tests/ must show a way to it" if commands is None else _try_witness(pack, trials.seed, ending, commands)
        yield Verdict(kind="witness", name=ending, wrong=wrong)
    for refusal in trials.refusals:
        name = f"{spelt(refusal.command)} after {len(refusal.after)} turns"
        yield Verdict(kind="refused", name=name, wrong=_try_refusal(pack, trials.seed, refusal))
    for transcript in trials.transcripts:
        yield Verdict(kind="transcript", name=transcript.name, wrong=_try_transcript(pack, trials.seed, transcript))


def _try_witness(pack: Pack, seed: bytes, ending: str, commands: Sequence[Command]) -> str:
    state, _ = begin(pack, seed)
    for number, command in enumerate(commands, start=1):
        if state.ending is not None:
            return f"the game was over ({state.ending!r}) before command {number}: {spelt(command)}"
        try:
            state = play(pack, state, command).state
        except Refused as refused:
            return f"command {number} is refused: {spelt(command)} ({refused.key})"
    return "" if state.ending == ending else f"it comes to {state.ending!r}"


def _try_refusal(pack: Pack, seed: bytes, refusal: Refusal) -> str:
    state, _ = begin(pack, seed)
    for number, command in enumerate(refusal.after, start=1):
        try:
            state = play(pack, state, command).state
        except Refused as refused:
            return f"already command {number} before it is refused: {spelt(command)} ({refused.key})"
    try:
        play(pack, state, refusal.command)
    except Refused as refused:
        return "" if refused.key == refusal.key else f"it is refused with {refused.key}, not {refusal.key}"
    return f"it is not refused (with {refusal.key})"


def _try_transcript(pack: Pack, seed: bytes, transcript: Transcript) -> str:
    state, _ = begin(pack, seed)
    for number, step in enumerate(transcript.steps, start=1):
        asked = step.say or (spelt(step.command) if step.command else "")
        state, wrong = _try_step(pack, state, step, transcript.locale)
        if wrong:
            return f"step {number}, {asked}: {wrong}"
    return ""


def _try_step(pack: Pack, state: State, step: Step, locale: str) -> tuple[State, str]:
    command = step.command
    if command is None:
        match read(step.say, pack, state, locale):
            case Understood(command=understood):
                command = understood
            case Impossible() if step.refused is not None:
                return state, ""
            case other:
                return state, f"the words are not understood ({type(other).__name__.lower()})"
    try:
        outcome = play(pack, state, command, step.label)
    except Refused as refused:
        return state, "" if refused.key == step.refused else f"refused with {refused.key}"
    return outcome.state, _wrong_with(step, outcome.events, outcome.state)


def _wrong_with(step: Step, events: tuple[Event, ...], state: State) -> str:
    if step.refused is not None:
        return f"not refused with {step.refused}"
    told = {event.text for event in events if not event.hidden}
    silent = [key for key in step.lines if key not in told]
    if silent:
        return f"{', '.join(silent)} was not told"
    if step.holds is not None and not step.holds(state):
        return "what should hold afterwards doesn't"
    return ""
