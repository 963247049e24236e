"""Commands in a line: `show photo > yunseul`, `talk yunseul #plan`, `unlock door =0417`, `accuse butler !draught`."""

import re
from functools import lru_cache

from services.game.rules.commands import Command, Verb

_SHAPE = re.compile(
    r"(?P<verb>[a-z]+)(?: (?P<object>[a-z][a-z0-9_]*))?(?: ?> ?(?P<target>[a-z][a-z0-9_]*))?"
    r"(?: ?#(?P<topic>[a-z][a-z0-9_]*))?(?: ?=(?P<code>\S+))?(?P<clues>(?: ?![a-z][a-z0-9_]*)*)"
)


@lru_cache(maxsize=4096)
def command_in(text: str) -> Command:
    """The command that the line spells. ValueError: it spells none, and why."""
    match = _SHAPE.fullmatch(" ".join(text.split()))
    if match is None:
        raise ValueError(f"{text!r} is no command: write verb object > target #topic =code !clue, each part but the verb if it is wanted")
    if match["verb"] not in list(Verb):
        raise ValueError(f"{match['verb']!r} is no verb: one of {', '.join(verb.value for verb in Verb)}")
    clues = tuple(clue.strip() for clue in match["clues"].split("!") if clue.strip())
    return Command(
        verb=Verb(match["verb"]), object=match["object"], target=match["target"], topic=match["topic"], code=match["code"], clues=clues
    )


def spelt(command: Command) -> str:
    """The command in a line: what `command_in` reads."""
    parts = [command.verb.value, command.object or ""]
    parts += [f"> {command.target}"] if command.target else []
    parts += [f"#{command.topic}"] if command.topic else []
    parts += [f"={command.code}"] if command.code else []
    parts += [f"!{clue}" for clue in command.clues]
    return " ".join(part for part in parts if part)
