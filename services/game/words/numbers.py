"""Questions about the player's own numbers, by the names that the pack gives them."""

import re

from services.game.rules.pack import Pack

_ASKS = {
    "ko": re.compile(r"얼마|몇|어느\s*정도|어때|어떻|확인|보여|알려|수치"),
    "en": re.compile(r"^\W*(?:so |and |um )?(?:how|hows|how's|what|whats|what's|check|show|see|view|tell me|my)\b"),
}
_ROOT_LETTERS_MIN, _ROOT_LETTERS = 4, 6  # suspicious asks for Suspicion


def asks_number(text: str, pack: Pack) -> bool:
    """Whether the text asks how much the player has of one of the pack's statistics."""
    asked = text.casefold()
    for locale, asks in _ASKS.items():
        if not asks.search(asked):
            continue
        for key, noun in pack.statistics.items():
            name = pack.texts[locale].strings[f"statistic.{key}.name"].casefold() if noun.shown else ""
            if name and (name if locale == "ko" else name[: max(_ROOT_LETTERS_MIN, min(_ROOT_LETTERS, len(name) - 2))]) in asked:
                return True
    return False
