"""A text taken apart: what is said aloud in it, and its sentences."""

import re

_SPEECH = re.compile(r"[\"\u201c\u201d][^\"\u201c\u201d]*[\"\u201c\u201d]|「[^」]*」|『[^』]*』|\u2018[^\u2019]{3,}\u2019")
_DONE = re.compile(r"\*([^*]{3,})\*")
_END = re.compile(r"(?<!\bO\.K\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bDr\.)(?<!\bSt\.)(?<=[.!?…;])\s+")


def without_speech(text: str) -> tuple[str, str]:
    """The text without what stands in quotation marks, and that: words said aloud ask for nothing.

    Where what is done stands between asterisks, all else is said aloud.
    """
    done = _DONE.findall(text)
    if done:
        return " ".join(done), " ".join(_DONE.sub(" ", text).split())
    said = " ".join(" ".join(_SPEECH.findall(text)).split())
    return (" ".join(_SPEECH.sub(" ", text).split()), said.strip('"\u201c\u201d「」『』\u2018\u2019')) if said else (text, "")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of the text."""
    return tuple(part for part in _END.split(text) if part.strip(" .!?…~;"))
