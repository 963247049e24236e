"""The watch over a told text: it lets through what may be shown, piece by piece, and cuts the text at the first thing that may not."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.telling.answers import Check
from services.game.telling.folding import Folded
from services.game.telling.repetition import Repetition
from services.game.telling.secrets import secret_names
from services.game.telling.seeking import Sought

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
_CONTROL_BEGUN = re.compile(r"<\|[A-Za-z0-9_ ./-]{0,40}\|?\Z|<{1,2}/?[a-z0-9_]{0,20}>?\Z|\[/?[a-z]{0,5}\Z", re.IGNORECASE)
_CONTROL_BEGUN_MAX = 43
"""How long such a beginning is at most."""
_LETTERS_MIN = 2
_SENTENCE_ENDS = ".!?…\"'\u201d\u2019」』)~"
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
# Four words of another language in a row are no name and no quotation.
_LATIN_RUN = re.compile(r"[A-Za-z']+(?:[ ,.\-]+[A-Za-z']+){3}")
_LATIN_RUN_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz' ,.-")
# Korean is whole syllables, single letters, and letters that the next piece may yet join to a syllable.
_DOUBTFUL = {"ko": re.compile(r"[^\x00-\x7f가-힣ㄱ-ㅣ\u1100-\u11ff]"), "en": re.compile(r"[^\x00-\x7f]")}


class Watch:
    """Is fed a streamed text and releases what is safe of it. The released pieces, joined, are the telling, exactly.

    The text is put in NFC and its white space folded. A little is held back wherever something forbidden may have begun, so that none
    slips through split over pieces. A sentence that was told already ends the telling: small models repeat themselves.
    `told`: texts that the player was shown with this turn; a name they say is no secret.

    Each piece is looked at once, and with it so much of what was before as may be part of something that ends in it.
    """

    def __init__(self, pack: Pack, state: State, locale: str, told: Iterable[str] = ()) -> None:
        self._locale = locale
        self._secrets = Sought(secret_names(pack, state, locale, told))
        self._folded = Folded()
        self._repetition = Repetition()
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
        looked_at = self._folded.fixed
        self._folded.add(piece)
        text = self._folded.text
        return self._release(text, self._held_from(text), looked_at)

    def end(self) -> str:
        """What is left of the telling, now that no more comes; a last sentence that was broken off ends in "…"."""
        if self.failed:
            return ""
        text = (self._released if self._over else self._folded.text).rstrip()
        rest = self._release(text, len(text), self._folded.fixed, whole=True)
        if self.failed:
            return rest
        self._over = True
        letters = (char for char in self._released if char.isalpha())
        if len(list(islice(letters, _LETTERS_MIN))) < _LETTERS_MIN:
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

    def _release(self, text: str, until: int, looked_at: int, *, whole: bool = False) -> str:
        """Releases the text up to `until`, or to where it fails; up to `looked_at` nothing was wrong with it."""
        repeated, known = (None, False) if self._over else self._repetition.look(text, self._folded.fixed)
        if known:  # the telling has come to its end there, and what comes after is no part of it
            text, self._over = text[:repeated], True
        elif repeated is not None and not whole:
            until = min(until, repeated)
        faults = self._faults(text, looked_at, whole=whole)
        if faults:
            first = min(faults.values())
            until = min(until, first)
            self._failures |= {name for name, at in faults.items() if at == first}
        safe = text[:until].rstrip()
        new = safe[len(self._released) :]
        self._released += new
        return new

    def _faults(self, text: str, looked_at: int, *, whole: bool) -> dict[str, int]:
        """Where each check is failed first, if it is."""
        places = {
            "control": _control_at(text, looked_at),
            "language": _foreign_at(text, looked_at, self._locale),
            "secrets": self._secrets.found_at(text, looked_at, whole=whole),
            "length": LENGTH_MAX if len(text) > LENGTH_MAX else None,
        }
        return {name: at for name, at in places.items() if at is not None}

    def _held_from(self, text: str) -> int:
        """From where on the text has to wait for what comes next."""
        begun = _CONTROL_BEGUN.search(text, max(len(text) - _CONTROL_BEGUN_MAX, 0))
        # The last letter, with its marks, may yet be joined by another (NFC), the last space yet be folded.
        last = len(text) - 1
        while last > 0 and unicodedata.combining(text[last]):
            last -= 1
        return min(last, self._secrets.begun_at(text), begun.start() if begun else len(text))


def _control_at(text: str, since: int) -> int | None:
    brackets = [at for at in (text.find("<"), text.find("[")) if at >= 0]
    match = _CONTROL.search(text, min(brackets)) if brackets else None
    places = [match.start()] if match else []
    new = text[since:]
    if "\ufffd" in new or not new.replace("\n", "").isprintable():
        places += [at for at, char in enumerate(new, since) if _is_unseen(char)][:1]
    return min(places, default=None)


def _is_unseen(char: str) -> bool:
    return char == "\ufffd" or (char != "\n" and unicodedata.category(char) in _UNSEEN)


def _foreign_at(text: str, since: int, locale: str) -> int | None:
    """Where the first letter stands that the language isn't written in, or a run of words of another."""
    places = [doubtful.start() for doubtful in _DOUBTFUL[locale].finditer(text, since) if _is_foreign(doubtful[0], locale)][:1]
    if locale == "ko":
        begin = min(since, len(text))
        while begin and text[begin - 1] in _LATIN_RUN_LETTERS:
            begin -= 1
        places += [run.start() for run in (_LATIN_RUN.search(text, begin),) if run]
    return min(places, default=None)


def _is_foreign(char: str, locale: str) -> bool:
    return char.isalpha() and (locale == "ko" or not unicodedata.name(char, "").startswith("LATIN"))
