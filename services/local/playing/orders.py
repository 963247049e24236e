"""What a line that the player writes means."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from maratang_client.shapes import Action


class Order(StrEnum):
    """What the client itself does, whatever the game."""

    HELP = "help"
    LOOK = "look"
    BAG = "bag"
    MAP = "map"
    NOTES = "notes"
    ALL = "all"
    NEW = "new"
    LANG = "lang"
    QUIT = "quit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """An order, and what was written after it."""

    order: Order
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A number that nothing has, or an order that there is not."""

    written: str


Meaning: TypeAlias = Ordered | Unclear | Action | str
"""An order, a fault, one of the actions offered, or the player's own words."""

NAMES: dict[str, Order] = {
    **{order.value: order for order in Order},
    "도움": Order.HELP, "도움말": Order.HELP, "?": Order.HELP,
    "둘러보기": Order.LOOK, "보기": Order.LOOK,
    "가방": Order.BAG, "소지품": Order.BAG, "inventory": Order.BAG,
    "지도": Order.MAP,
    "단서": Order.NOTES, "수첩": Order.NOTES, "clues": Order.NOTES,
    "모두": Order.ALL, "전부": Order.ALL,
    "새로": Order.NEW,
    "언어": Order.LANG,
    "끝": Order.QUIT, "나가기": Order.QUIT, "exit": Order.QUIT, "q": Order.QUIT,
}  # fmt: skip
"""What an order is called after the slash."""
_BARE = frozenset({"quit", "exit"})
"""What leaves without a slash, too."""
_LONGEST_NUMBER = 2
"""Longer figures, and those that begin with 0, are a code for a lock."""


def meaning(written: str, offered: Sequence[Action]) -> Meaning:
    """What a line means while these actions are offered by number, from 1. The line is not empty."""
    if written.startswith("/"):
        name, _, rest = written[1:].strip().partition(" ")
        order = NAMES.get(name.lower())
        return Unclear(written=written) if order is None else Ordered(order=order, rest=rest.strip())
    if written.lower() in _BARE:
        return Ordered(order=Order.QUIT)
    number = number_in(written)
    if number is None:
        return written
    return offered[number - 1] if number <= len(offered) else Unclear(written=written)


def number_in(written: str) -> int | None:
    """The choice that a line names: "3", "3." or "3)"; None: it names none."""
    figures = written.rstrip(".)")
    if not (figures.isascii() and figures.isdecimal()) or figures.startswith("0") or len(figures) > _LONGEST_NUMBER:
        return None
    return int(figures)
