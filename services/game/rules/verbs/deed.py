"""What a verb is to the rules: a check and a deed; and how a check says no."""

from collections.abc import Callable
from dataclasses import dataclass

from services.game.rules.commands import Command, Refused
from services.game.rules.pack import Pack
from services.game.rules.sight import is_perceived
from services.game.rules.state import State
from services.game.rules.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`check` raises Refused where the command is impossible; `perform` lets it happen and gives its cost in slots."""

    check: Callable[[Pack, State, Command], None]
    perform: Callable[[Turn, Command], int]


def refusal(pack: Pack, reason: str, about: str | None = None) -> Refused:
    """The answer no. What the thing it is about says of itself, `<path>.refuse.<reason>`, goes before the standard words."""
    if about is None:
        return Refused(f"refusal.{reason}")
    own = f"{pack.path(about)}.refuse.{reason}"
    return Refused(own if pack.has_text(own) else f"refusal.{reason}", object=about)


def required(pack: Pack, named: str | None) -> str:
    """The name, which the verb can't do without."""
    if named is None:
        raise refusal(pack, "what")
    return named


def perceived(pack: Pack, state: State, named: str | None) -> str:
    """The id, of something the player perceives. What they don't perceive is never named in the answer."""
    wanted = required(pack, named)
    if not is_perceived(pack, state, wanted):
        raise refusal(pack, "not_here")
    return wanted


def perceived_item(pack: Pack, state: State, named: str | None) -> str:
    """The id, of an item that the player sees."""
    wanted = perceived(pack, state, named)
    if wanted not in pack.items:
        raise refusal(pack, "no_item", wanted)
    return wanted
