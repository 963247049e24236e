"""The player's text made clean: what no keyboard types is taken out before anything reads it."""

import unicodedata

TEXT_LENGTH_MAX = 500

# Cc control, Cf format (zero width, bidirectional, tag characters), Co private, Cs surrogates, Cn unassigned.
_UNTYPED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
# They draw nothing, though Unicode calls them letters or marks: Hangul fillers, joiners, variation selectors.
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""Letters and figures of full width, as those that a keyboard types."""


def normalise(text: str) -> str:
    """The text in NFC, in one line, of at most 500 narrow characters, without what can't be seen. The same again when done twice."""
    spaced = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text.translate(_NARROW)))
    seen = "".join(char for char in spaced if char == " " or (unicodedata.category(char) not in _UNTYPED and char not in _UNSEEN))
    # Taking out what stood between two letters can let them join.
    return " ".join(unicodedata.normalize("NFC", seen).split())[:TEXT_LENGTH_MAX].rstrip()
