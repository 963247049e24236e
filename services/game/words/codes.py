"""Codes in a text: digits that are to be entered."""

import re

_CODE = re.compile(
    r"(?<![0-9])[0-9](?:[ ,.\-]*[0-9]){2,31}(?![0-9])(?:\s*(?:번|을|를|으로|로|이라고|라고|도|만|에)(?=\s|$)|번호|번으로|번을|번|을|를|"
    r"으로|로|"
    r"이라고|라고|"
    r"도|만|"
    r"이렇게|하고)?"
)


def code_in(text: str, said: re.Pattern[str]) -> tuple[str | None, str]:
    """The digits that the text says to enter, and the text without them; None where it has none or says something else of them.

    A text that is nothing but digits says so by that.
    """
    match = _CODE.search(text)
    if match is None:
        return None, text
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return ("".join(filter(str.isdigit, match[0])), rest) if not rest.strip(" .!?") or said.search(rest) else (None, text)
