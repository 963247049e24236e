"""Turns of a game spelt shortly, for tests of the rules."""

from services.game.rules.begin import begin
from services.game.rules.codec import command_from_plain
from services.game.rules.commands import Command
from services.game.rules.decide import play
from services.game.rules.events import Event
from services.game.rules.pack import Pack
from services.game.rules.state import State


def command(words: str) -> Command:
    """`give coin guard`, `talk guard/weather`, `unlock chest #31`, `accuse guard !bribe!loud`."""
    words, *clues = words.split("!")
    words, _, code = words.partition("#")
    verb, *about = words.split()
    first, topic = [*about[0].split("/"), None][:2] if about else (None, None)
    plain = {"verb": verb, "object": first, "topic": topic, "target": about[1] if about[1:] else None, "code": code or None}
    return command_from_plain({name: value for name, value in plain.items() if value is not None} | {"clues": clues})


def played(pack: Pack, *words: str, seed: bytes = b"seed", label: str | None = None) -> tuple[State, tuple[Event, ...]]:
    """The state after the commands, and the events of the last, which is taken as the label says."""
    state, events = begin(pack, seed)
    for number, each in enumerate(words, start=1):
        outcome = play(pack, state, command(each), label if number == len(words) else None)
        state, events = outcome.state, outcome.events
    return state, events


def kinds(events: tuple[Event, ...], *, hidden: bool = False) -> list[str]:
    """The kinds of the events that the player may know of."""
    return [event.kind.value for event in events if hidden or not event.hidden]


def lines(events: tuple[Event, ...]) -> list[str]:
    """The last part of the key of each line of the pack that the player hears."""
    return [event.text.rpartition(".")[2] for event in events if event.text is not None and not event.hidden]
