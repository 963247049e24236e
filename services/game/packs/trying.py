"""Holding a pack to what it promises about itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.game.packs.lines import line_key
from services.game.packs.shorthand import spelt
from services.game.packs.trials import Refusal, Step, Transcript, Trials
from services.game.rules.begin import begin
from services.game.rules.commands import Command, Refused, Verb
from services.game.rules.decide import Outcome, play
from services.game.rules.events import EventKind
from services.game.rules.pack import Pack
from services.game.rules.sight import text_now
from services.game.rules.state import State
from services.game.rules.verbs.things import description_of
from services.game.telling.prompt import lore_now
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
    """The verdict on every trial, the witnesses first."""
    for ending, commands in trials.witnesses.items():
        yield Verdict(kind="witness", name=ending, wrong=_try_witness(pack, trials.seed, ending, commands))
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
    try:
        command = step.command or _read(pack, state, step.say, locale)
        outcome = play(pack, state, command, step.label)
    except Refused as refused:
        wrong = "" if refused.key == step.refused else f"refused with {refused.key}"
        return state, wrong or _wrong_after(pack, step, state, locale)
    except _NotUnderstood as reading:
        return state, f"the words are not understood ({reading})"
    wrong = _wrong_with(step, _told(pack, command, outcome))
    return outcome.state, wrong or _wrong_after(pack, step, outcome.state, locale)


class _NotUnderstood(Exception):  # noqa: N818 (it never leaves this module)
    """The words come to no one command; what they come to."""


def _read(pack: Pack, state: State, words: str, locale: str) -> Command:
    """The command that the words are read as. Refused: it can't be done now."""
    match read(words, pack, state, locale):
        case Understood(command=command):
            return command
        case Impossible(key=key):
            raise Refused(key)
        case other:
            raise _NotUnderstood(type(other).__name__.lower())


def _told(pack: Pack, command: Command, outcome: Outcome) -> set[str | None]:
    """The keys of the texts that the player is told: what happened, how it ended, what is looked at again, what they come to see."""
    events, state = outcome
    told = {line_key(pack, event) for event in events if not event.hidden}
    if state.ending is not None:
        told.add(f"{pack.path(state.ending)}.epilogue")
    if command.verb is Verb.LOOK or any(event.kind is EventKind.MOVED and event.subject is None for event in events):
        told.add(text_now(pack.places[state.player.place].descriptions, state))
    if command.verb is Verb.EXAMINE and command.object is not None:
        told.add(description_of(pack, state, command.object))
    if command.verb is Verb.READ and command.object is not None:
        told.add(f"{pack.path(command.object)}.read")
    return told


def _wrong_with(step: Step, told: set[str | None]) -> str:
    """What is wrong with what was told."""
    if step.refused is not None:
        return f"not refused with {step.refused}"
    if untold := [key for key in step.lines if key not in told]:
        return f"{', '.join(untold)} was not told"
    if too_much := [key for key in step.silent if key in told]:
        return f"{', '.join(too_much)} was told"
    return ""


def _wrong_after(pack: Pack, step: Step, state: State, locale: str) -> str:
    """What is wrong with what is so afterwards."""
    if step.lore is not None and set(step.lore) != (known := lore_now(pack, state, locale).keys()):
        return f"the lore that holds is {', '.join(known) or 'none'}"
    if step.holds is not None and not step.holds.test(state):
        stand = ", ".join(f"{name} is {value!r}" for name, value in step.holds.values(state).items())
        return f"{step.holds.spelt} should hold afterwards, and {stand}"
    return ""
