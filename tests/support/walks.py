"""Walks through a pack: turn after turn, with what was before, what happened and what is after."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.game.rules.admissible import admissible
from services.game.rules.begin import begin
from services.game.rules.commands import FREE_VERBS, Command, Verb
from services.game.rules.decide import decide, dice_of
from services.game.rules.dice import Dice
from services.game.rules.events import Event
from services.game.rules.evolve import replay
from services.game.rules.pack import Pack
from services.game.rules.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One turn of a walk."""

    before: State
    command: Command
    events: tuple[Event, ...]
    after: State


def walk(pack: Pack, state: State, commands: Iterable[Command]) -> Iterator[Step]:
    """The turns that the commands make; those that change nothing make none."""
    for command in commands:
        events = decide(pack, state, command, dice_of(state))
        if events:
            after = replay(pack, state, events)
            yield Step(before=state, command=command, events=events, after=after)
            state = after


def random_walk(pack: Pack, seed: int, turns: int) -> list[Step]:
    """A walk at random, by dice, that doesn't sleep; shorter where the game ends."""
    dice, steps = Dice(bytes([seed]), 0), list[Step]()
    state, _ = begin(pack, bytes([seed]))
    for turn in range(turns):
        choices = [command for command in admissible(pack, state) if command.verb not in FREE_VERBS | {Verb.SLEEP}]
        if not choices:
            break
        steps += walk(pack, state, [choices[dice.roll(len(choices), f"choice {turn}") - 1]])
        state = steps[-1].after if steps else state
    return steps


def command(spelt: str) -> Command:
    """The command spelt as in `show photo yunseul`, `talk yunseul clock`, `unlock front_door =0417`, `accuse yunseul +voice`."""
    words = spelt.split()
    code = next((word[1:] for word in words if word.startswith("=")), None)
    clues = tuple(word[1:] for word in words if word.startswith("+"))
    verb, *named = (word for word in words if word[0] not in "=+")
    fields = ("object", "topic" if verb in (Verb.TALK, Verb.PERSUADE, Verb.LIE) else "target")
    return Command(verb=Verb(verb), code=code, clues=clues, **dict(zip(fields, named, strict=False)))
