"""A text taken apart: what is said aloud in it, and its sentences."""

import re

_SPEECH = re.compile(r"[\"\u201c\u201d][^\"\u201c\u201d]*[\"\u201c\u201d]|「[^」]*」|『[^』]*』|\u2018[^\u2019]{3,}\u2019")
_END = re.compile(r"(?<=[.!?…~;])\s+")


def without_speech(text: str) -> tuple[str, bool]:
    """The text without what stands in quotation marks, and whether anything did: words said aloud ask for nothing."""
    plain = _SPEECH.sub(" ", text)
    return " ".join(plain.split()), plain != text


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of the text."""
    return tuple(part for part in _END.split(text) if part.strip(" .!?…~;"))
