"""Playing a pack in a terminal, decided and told by the pack alone."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.prompt import Prompt

from services.game.authoring.loading import load
from services.game.authoring.writing import is_written
from services.game.packs.shorthand import command_in, spelt
from services.game.rules.begin import begin
from services.game.rules.commands import FREE_VERBS, Command, Refused, Verb
from services.game.rules.decide import play
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.telling.answers import Line
from services.game.telling.lines import free_answer, opening_lines, refusal_lines
from services.game.telling.suggestions import label, suggested
from services.game.telling.template import template
from services.game.words.read import Ambiguous, Impossible, OutOfWorld, Understood, read

_OFFERED = 9
_HELP = {
    "ko": "하고 싶은 일을 쓰거나 번호를 고른다. `take fuse` 같은 명령도 된다. /undo 한 턴 되돌리기, /state 지금 상태, /quit 그만두기.",
    "en": "Write what you do, or choose a number; commands such as `take fuse` do as well. /undo takes a turn back, /state, /quit.",
}
_NOTHING_UNDONE = {"ko": "되돌릴 턴이 없다.", "en": "There is no turn to take back."}
_NO_NUMBER = {"ko": "그 번호는 없다: {typed}.", "en": "There is no number {typed}."}
_TURNS = {"ko": "{turns}턴째", "en": "turn {turns}"}
_UNREAD = Refused("refusal.unreadable")


@dataclass(slots=True)
class _Game:
    pack: Pack
    locale: str
    console: Console
    past: list[tuple[State, str]] = field(default_factory=list)
    """The states before each turn taken, and what was done in it."""
    offered: tuple[Command, ...] = ()


def play_pack(path: Path, *, locale: str, seed: str, save: Path | None, console: Console) -> int:
    """Play until the end of the game or of what is typed. Returns the exit code: 0, or 2 where there is no pack, or nowhere to save."""
    if save is not None and not save.resolve().parent.is_dir():
        console.print(f"{save.parent} is no folder to save in", markup=False)
        return 2
    loaded = load(path)
    if loaded.located is None:
        for fault in loaded.faults:
            console.print(fault, markup=False)
        return 2
    pack = loaded.located.pack
    if locale not in pack.texts:
        console.print(f"the pack has no texts in {locale!r}: choose one of {', '.join(pack.texts)}", markup=False)
        return 2
    game = _Game(pack=pack, locale=locale, console=console)
    state, _ = begin(pack, seed.encode() or b"maratang")
    console.rule(pack.text("pack.title", locale))
    _tell(game, opening_lines(pack, state, locale))
    while state.ending is None:
        _offer(game, state)
        try:
            typed = Prompt.ask(f"[bold]{state.clock.day}:{state.clock.slot}[/bold]", console=console) if sys.stdin.isatty() else input()
        except (EOFError, KeyboardInterrupt):
            break
        if typed.strip() == "/quit":
            break
        state = _turn(game, state, typed.strip())
    if state.ending is not None:
        turns = _TURNS[locale].format(turns=state.meta.turn)
        console.rule(f"{pack.name(state.ending, locale)} ({pack.endings[state.ending].kind.value}), {turns}")
    return 0 if save is None or is_written(save, _trial(game, state), console) else 2


def _turn(game: _Game, state: State, typed: str) -> State:
    pack, locale = game.pack, game.locale
    if typed == "/undo":
        return _undone(game, state)
    if typed == "/state":
        game.console.print("\n".join(_state(pack, state)), markup=False)
        return state
    if typed.startswith("/") or not typed:
        game.console.print(_HELP[locale], markup=False)
        return state
    command = _command(game, state, typed)
    if command is None:
        return state
    try:
        outcome = play(pack, state, command)
    except Refused as refused:
        _tell(game, refusal_lines(pack, refused, locale))
        return state
    if not outcome.events:
        _tell(game, free_answer(pack, state, command, locale))
        return state
    game.past.append((state, spelt(command)))
    _tell(game, template(pack, state, outcome.events, outcome.state, locale))
    return outcome.state


def _undone(game: _Game, state: State) -> State:
    """The state before the last turn, told."""
    if not game.past:
        game.console.print(_NOTHING_UNDONE[game.locale], markup=False)
        return state
    before, _ = game.past.pop()
    _tell(game, free_answer(game.pack, before, Command(verb=Verb.LOOK), game.locale))
    return before


def _command(game: _Game, state: State, typed: str) -> Command | None:
    """The command meant; None where the game has answered already."""
    if typed.isdigit() and 0 < int(typed) <= len(game.offered):
        return game.offered[int(typed) - 1]
    if typed.isdigit():
        game.console.print(_NO_NUMBER[game.locale].format(typed=typed), markup=False)
        return None
    try:
        return command_in(typed)
    except ValueError:
        reading = read(typed, game.pack, state, game.locale)
    match reading:
        case Understood(command=command):
            return command
        case Ambiguous(clarify=question):
            game.offered = tuple(choice.command for choice in question.choices)
            game.console.print(question.question, markup=False)
            _list(game, (choice.label for choice in question.choices))
        case Impossible(lines=lines) | OutOfWorld(lines=lines):
            _tell(game, lines)
        case _:
            _tell(game, refusal_lines(game.pack, _UNREAD, game.locale))
    return None


def _offer(game: _Game, state: State) -> None:
    if game.console.is_terminal:
        game.offered = tuple(command for command in suggested(game.pack, state) if command.verb not in FREE_VERBS)[:_OFFERED]
        _list(game, (label(game.pack, command, game.locale) for command in game.offered))


def _list(game: _Game, labels: Iterable[str]) -> None:
    for number, each in enumerate(labels, start=1):
        game.console.print(f"  {number}  {each}", style="dim", markup=False)


def _tell(game: _Game, lines: Iterable[Line]) -> None:
    for line in lines:
        said = f"{game.pack.name(line.speaker, game.locale)}: “{line.text}”" if line.speaker else line.text
        game.console.print(said, markup=False)


def _state(pack: Pack, state: State) -> Iterator[str]:
    """What an author wants to know of the state and a player isn't told, under the names that conditions have for it."""
    clock = state.clock
    yield f"clock.day {clock.day}, clock.slot {clock.slot} of {pack.slots_per_day}, clock.phase {clock.phase.value}"
    yield from (f"player.{key} {value}" for key, value in state.player.statistics.items())
    yield from (f"flag.{key} {str(value).lower()}" for key, value in state.flags.items())
    yield from (f"var.{key} {value}" for key, value in state.variables.items())
    yield from (f"clue.{key}" for key in pack.clues if key in state.clues)
    yield from (f"lock.{key}.locked" for key, lock in state.locks.items() if lock.locked)
    yield from (f"{key.replace(':', ' under ')} until turn {known.until or '∞'}" for key, known in sorted(state.conditions.items()))
    for key, person in state.people.items():
        numbers = "".join(f", {name} {value}" for name, value in person.statistics.items())
        words = "".join(f", {name} {value}" for name, value in (("phase", person.phase), ("mood", person.mood)) if value)
        yield f"person.{key} in {person.place or 'nowhere'}, {person.status.value}{words}{numbers}"


def _trial(game: _Game, state: State) -> str:
    """What was played, in the language of a pack's tests: a witness, if it came to an ending, else a transcript."""
    steps = [json.dumps(done, ensure_ascii=False) for _, done in game.past]
    if state.ending is not None:
        return "\n".join(["witnesses:", f"  {state.ending}:", *(f"    - {step}" for step in steps)]) + "\n"
    return (
        "\n".join(["transcripts:", "  played:", f"    locale: {game.locale}", "    steps:", *(f"      - {step}" for step in steps)]) + "\n"
    )
