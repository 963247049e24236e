"""Names looked for in a text that grows."""

from collections.abc import Iterable, Iterator

_BETWEEN = "\0"


class Sought:
    """The names, in small letters; in English a name is a word of its own: a hidden "key" is not in "keyhole"."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._longest = max(map(len, self._names), default=0)
        self._beginnings = _BETWEEN + _BETWEEN.join(self._names)

    def found_at(self, text: str, since: int, *, whole: bool) -> int | None:
        """Where the first name stands, if any; what ends before `since` was looked at before."""
        begin = max(min(since, len(text)) - self._longest, 0)
        before = text[begin - 1 : begin].casefold() if begin else ""
        part = text[begin:]
        folded = before + part.casefold()
        # A name at the very end may still be part of a longer word.
        found = ((at, not whole and bounded and at + len(name) == len(folded)) for name, bounded, at in self._places(folded, len(before)))
        at, undecided = min(found, default=(0, True))
        return None if undecided else begin + _letter(part, at - len(before))

    def begun_at(self, text: str) -> int:
        """Where the longest ending of the text starts that a name starts with."""
        ending = text[-self._longest :] if self._longest else ""
        folded = ending.casefold()
        for at in range(folded.rfind(_BETWEEN) + 1, len(folded)):
            if _BETWEEN + folded[at:] in self._beginnings:
                return len(text) - len(ending) + _letter(ending, at)
        return len(text)

    def _places(self, folded: str, since: int) -> Iterator[tuple[str, bool, int]]:
        """Where each name stands first, and whether it is bounded."""
        for name in [name for name in self._names if name in folded]:
            bounded, at = name.isascii(), folded.find(name, since)
            while bounded and at >= 0 and not _is_word(folded, at, at + len(name)):
                at = folded.find(name, at + 1)
            if at >= 0:
                yield name, bounded, at


def _is_word(text: str, start: int, end: int) -> bool:
    return not (_is_plain(text[start - 1 : start]) or _is_plain(text[end : end + 1]))


def _is_plain(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _letter(text: str, at: int) -> int:
    """Which letter of a text it is that stands at a place of it in small letters, where some letters are two."""
    if text.isascii() or len(text.casefold()) == len(text):
        return at
    for place, char in enumerate(text):
        at -= len(char.casefold())
        if at < 0:
            return place
    return len(text)
