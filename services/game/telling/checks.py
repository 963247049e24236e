"""The watch over a told text: it lets through what may be shown, piece by piece, and cuts the text at the first thing that may not."""

import re
import unicodedata
from collections.abc import Iterable

from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.telling.answers import Check
from services.game.telling.secrets import secret_names

LENGTH_MAX = 1200
"""The most characters of a telling."""

NAMES = ("language", "control", "length", "secrets")
"""The checks, in the order they are reported."""

_CONTROL = re.compile(
    r"<\|[A-Za-z0-9_ ./-]{0,40}\|>|</?s>|<(?:start|end)_of_(?:turn|image)>|<(?:bos|eos|pad|unk|mask)>|<unused\d+>"
    r"|\[/?INST\]|<</?SYS>>|<\|?(?:im_start|im_end|endoftext|begin_of_text|eot_id)|\[(?:BOS|EOS)\]",
    re.IGNORECASE,
)
# The beginning of what may yet become one.
_CONTROL_BEGUN = re.compile(r"<\|[A-Za-z0-9_ ./-]{0,40}\|?$|<{1,2}/?[a-z0-9_]{0,20}>?$|\[/?[a-z]{0,5}$", re.IGNORECASE)
_LETTERS_MIN = 2
_SENTENCE_ENDS = ".!?…\"'\u201d\u2019」』)~"
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]+[\"'\u201d\u2019」』)]*")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
# Four words of another language in a row are no name and no quotation.
_LATIN_RUN = re.compile(r"[A-Za-z']+(?:[ ,.\-]+[A-Za-z']+){3}")


class Watch:
    """Is fed a streamed text and releases what is safe of it. The released pieces, joined, are the telling, exactly.

    The text is put in NFC and its white space folded. A little is held back wherever something forbidden may have begun, so that none
    slips through split over pieces. A sentence that was told already ends the telling: small models repeat themselves.
    `told`: texts that the player was shown with this turn; a name they say is no secret.
    """

    def __init__(self, pack: Pack, state: State, locale: str, told: Iterable[str] = ()) -> None:
        self._locale = locale
        self._secrets = _Secrets(secret_names(pack, state, locale, told))
        self._raw = ""
        self._released = ""
        self._failures: set[str] = set()
        self._over = False

    @property
    def failed(self) -> bool:
        """Whether the text has failed a check; nothing more is released."""
        return bool(self._failures)

    @property
    def over(self) -> bool:
        """Whether the telling has come to its end, by a failed check or by itself; whatever else is fed is left out."""
        return self.failed or self._over

    def feed(self, piece: str) -> str:
        """The next part of the telling that is safe to show, perhaps empty."""
        if self.over:
            return ""
        self._raw += piece
        text = _folded(self._raw)
        return self._release(text, self._held_from(text))

    def end(self) -> str:
        """What is left of the telling, now that no more comes; a last sentence that was broken off ends in "…"."""
        if self.failed:
            return ""
        text = self._released if self._over else _folded(self._raw)
        rest = self._release(text.rstrip(), len(text.rstrip()), whole=True)
        if self.failed:
            return rest
        self._over = True
        if sum(char.isalpha() for char in self._released) < _LETTERS_MIN:
            self._failures.add("length")
        elif self._locale == "ko" and not any("가" <= char <= "힣" for char in self._released):
            self._failures.add("language")
        elif self._released[-1] not in _SENTENCE_ENDS:
            self._released += "…"
            rest += "…"
        return rest

    def checks(self) -> tuple[Check, ...]:
        """How the text fared, check by check."""
        return tuple(Check(name=name, passed=name not in self._failures) for name in NAMES)

    def _release(self, text: str, until: int, *, whole: bool = False) -> str:
        repeated, known = _repetition(text)
        if known:  # the telling has come to its end there, and what comes after is no part of it
            text, self._over = text[:repeated], True
        elif repeated is not None and not whole:
            until = min(until, repeated)
        faults = self._faults(text, whole=whole)
        if faults:
            first = min(faults.values())
            until = min(until, first)
            self._failures |= {name for name, at in faults.items() if at == first}
        safe = text[:until].rstrip()
        new = safe[len(self._released) :]
        self._released += new
        return new

    def _faults(self, text: str, *, whole: bool) -> dict[str, int]:
        """Where each check is failed first, if it is."""
        places = {
            "control": _control_at(text),
            "language": _foreign_at(text, self._locale),
            "secrets": self._secrets.found_at(text, whole=whole),
            "length": LENGTH_MAX if len(text) > LENGTH_MAX else None,
        }
        return {name: at for name, at in places.items() if at is not None}

    def _held_from(self, text: str) -> int:
        """From where on the text has to wait for what comes next."""
        begun = _CONTROL_BEGUN.search(text)
        # The last letter may yet be joined by a mark (NFC), the last space yet be folded.
        return min(len(text) - 1, self._secrets.begun_at(text), begun.start() if begun else len(text))


class _Secrets:
    """Names looked for in a text that grows."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(name.casefold() for name in names)
        # In English a name is a word of its own: a hidden "key" is not in "keyhole".
        bounded = (rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(name) for name in self._names)
        self._pattern = re.compile("|".join(bounded)) if self._names else None

    def found_at(self, text: str, *, whole: bool) -> int | None:
        match = self._pattern.search(text.casefold()) if self._pattern else None
        # A name at the very end may still be part of a longer word.
        undecided = match is not None and not whole and match.end() == len(text) and match[0].isascii()
        return None if match is None or undecided else match.start()

    def begun_at(self, text: str) -> int:
        """Where the longest ending of the text starts that a name starts with."""
        folded = text.casefold()
        starts = (
            len(text) - length
            for name in self._names
            for length in range(min(len(name), len(folded)), 0, -1)
            if name.startswith(folded[len(folded) - length :])
        )
        return min(starts, default=len(text))


def _folded(raw: str) -> str:
    """The text in NFC with white space folded, line breaks kept; the beginning bare."""
    lines = (" ".join(re.split(r"[ \t\u00a0\u3000]+", line)) for line in re.split(r"\s*\n\s*", unicodedata.normalize("NFC", raw)))
    return "\n".join(lines).lstrip()


def _control_at(text: str) -> int | None:
    match = _CONTROL.search(text)
    places = [match.start()] if match else []
    places += [at for at, char in enumerate(text) if char == "\ufffd" or (char != "\n" and unicodedata.category(char) in _UNSEEN)][:1]
    return min(places, default=None)


def _foreign_at(text: str, locale: str) -> int | None:
    """Where the first letter stands that the language isn't written in, or a run of words of another."""
    foreign = next((at for at, char in enumerate(text) if char.isalpha() and not char.isascii() and not _belongs(char, locale)), None)
    run = _LATIN_RUN.search(text) if locale == "ko" else None
    return min((at for at in (foreign, run.start() if run else None) if at is not None), default=None)


def _belongs(char: str, locale: str) -> bool:
    if locale == "ko":
        # Whole syllables, single letters, and letters that the next piece may yet join to a syllable.
        return "가" <= char <= "힣" or "ㄱ" <= char <= "ㅣ" or "\u1100" <= char <= "\u11ff"
    return unicodedata.name(char, "").startswith("LATIN")


def _repetition(text: str) -> tuple[int | None, bool]:
    """Where a sentence begins that was told already, and whether it is whole; a last one that may yet become one counts as not whole."""
    told: list[str] = []
    end = 0
    for match in _SENTENCE.finditer(text):
        sentence, end = match[0].strip(), match.end()
        if sentence in told:
            return match.start(), True
        told.append(sentence)
    end = max(end, text.rfind("\n") + 1)
    rest = text[end:].strip()
    begun = bool(rest) and any(sentence.startswith(rest) for sentence in told)
    return (end, False) if begun else (None, False)
