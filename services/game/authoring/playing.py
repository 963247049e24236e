"""Playing a pack in a terminal, decided and told by the pack alone."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.prompt import Prompt

from services.game.authoring.loading import load
from services.game.packs.shorthand import command_in, spelt
from services.game.rules.begin import begin
from services.game.rules.commands import FREE_VERBS, Command, Refused
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
    """Play until the end of the game or of what is typed. Returns the exit code: 0, or 2 where there is no pack to play."""
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
        console.rule(f"{pack.name(state.ending, locale)} ({pack.endings[state.ending].kind.value}), {state.meta.turn}")
    if save is not None:
        save.write_text(_transcript(game, state), encoding="utf-8")
        console.print(f"{save}", markup=False)
    return 0


def _turn(game: _Game, state: State, typed: str) -> State:
    pack, locale = game.pack, game.locale
    if typed == "/undo":
        return game.past.pop()[0] if game.past else state
    if typed in ("/help", ""):
        game.console.print(_HELP[locale], markup=False)
        return state
    if typed == "/state":
        game.console.print(_state(state), markup=False)
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


def _command(game: _Game, state: State, typed: str) -> Command | None:
    """The command meant; None where the game has answered already."""
    if typed.isdigit() and 0 < int(typed) <= len(game.offered):
        return game.offered[int(typed) - 1]
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


def _state(state: State) -> str:
    people = {key: (known.place, known.phase, dict(known.statistics)) for key, known in state.people.items()}
    flags = [flag for flag, value in state.flags.items() if value]
    return f"{state.clock} {dict(state.player.statistics)} flags {flags} clues {list(state.clues)} people {people}"


def _transcript(game: _Game, state: State) -> str:
    """What was played, in the language of a pack's tests."""
    steps = [f'      - "{done}"' for _, done in game.past]
    ends = [f"    # ends with {state.ending}"] if state.ending else []
    return "\n".join(["transcripts:", "  played:", f"    locale: {game.locale}", *ends, "    steps:", *steps]) + "\n"
