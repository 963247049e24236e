"""Texts that tell too early: what anyone reads at once, held against what is to be found out."""

import re
from collections.abc import Iterator

from services.game.packs.prover.report import Code, Finding
from services.game.rules.pack import Pack
from services.game.rules.story import EndingKind

_SENTENCE_LENGTH_MIN = 12
_NAME_LENGTH_MIN = 2
_CODE_LENGTH_MIN = 3
_ARTICLE = re.compile(r"^(?:the|a|an) ")


def leaks_of(pack: Pack) -> Iterator[Finding]:
    """The leaks, each with the key of the text that leaks."""
    for locale, texts in pack.texts.items():
        early = {key: text.casefold() for key, text in texts.strings.items() if _is_early(pack, key)}
        for about, secret, keys in _secrets(pack, locale):
            for key, text in early.items():
                if (keys is None or key in keys) and secret in text and not key.startswith(f"{pack.kinds[about]}.{about}."):
                    message = f"{key} already says {secret!r}, which is for {about!r} to give away"
                    yield Finding(code=Code.LEAK, is_error=True, about=f"text/{locale}.yaml:{key}", message=message)


def _is_early(pack: Pack, key: str) -> bool:
    """Whether the text is there for everyone to read from the beginning."""
    kind, _, rest = key.partition(".")
    named, _, aspect = rest.partition(".")
    if kind == "pack":
        return True
    if kind == "item" and named in pack.items and pack.items[named].hidden:
        return False
    return kind in ("place", "door", "item", "person") and aspect in ("name", "description", "greeting")


def _secrets(pack: Pack, locale: str) -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Whose secret, in small letters, and the texts that may not have it (None: any early text)."""
    for lock in pack.locks.values():
        if lock.code is not None and len(lock.code) >= _CODE_LENGTH_MIN:
            yield lock.lock_id, lock.code.casefold(), None
    for clue in pack.clues:
        for sentence in re.split(r"(?<=[.!?…])\s+", pack.text(f"clue.{clue}.text", locale)):
            if len(sentence) >= _SENTENCE_LENGTH_MIN:
                yield clue, sentence.casefold().rstrip(".!?…"), None
    for ending in pack.endings.values():
        name = pack.name(ending.ending_id, locale).casefold()
        # What a game is named for may be the name of its secret ending.
        if ending.kind is EndingKind.SECRET and name not in pack.text("pack.title", locale).casefold():
            yield ending.ending_id, name, None
    for item in pack.items.values():
        name = _ARTICLE.sub("", pack.name(item.item_id, locale).casefold())
        if item.hidden and len(name) >= _NAME_LENGTH_MIN and item.start in pack.kinds:
            yield item.item_id, name, frozenset({f"{pack.path(item.start)}.description"})
