import dataclasses
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from services.chassis.errors import reasons
from services.local.playing.orders import Order
from services.local.playing.words import Language, Words
from tests.support.servers import PROJECT

HANGUL = re.compile("[가-힣]")
SOURCES = "".join(
    file.read_text(encoding="utf-8") for file in (PROJECT / "services" / "local" / "playing").glob("*.py") if file.name != "words.py"
)


def texts(words: Words) -> Iterator[tuple[str, str]]:
    """Every text by the name of its place."""
    for field in dataclasses.fields(words):
        said = getattr(words, field.name)
        if isinstance(said, str):
            yield field.name, said
        else:
            yield from ((f"{field.name}.{key}", text) for key, text in said.items())


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


KOREAN, ENGLISH = dict(texts(Language.KO.words)), dict(texts(Language.EN.words))


def test_both_languages_say_the_same_things():
    assert KOREAN.keys() == ENGLISH.keys()


@pytest.mark.parametrize("name", sorted(KOREAN))
def test_a_text_fills_the_same_blanks_in_both_languages(name: str):
    assert blanks(KOREAN[name]) == blanks(ENGLISH[name])


@pytest.mark.parametrize("name", sorted(ENGLISH))
def test_each_language_is_spoken_alone(name: str):
    assert ENGLISH[name].strip()
    assert not HANGUL.search(ENGLISH[name])
    assert HANGUL.search(KOREAN[name]) or not re.search("[A-Za-z]{4}", re.sub(r"\{\w+\}", "", KOREAN[name]))


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Words)])
def test_every_text_is_said_somewhere(field: str):
    assert re.search(rf'words\.{field}\b|"{field}"', SOURCES)


def test_every_order_is_explained():
    assert Language.KO.words.orders.keys() == {order.value for order in Order}


def test_only_reasons_of_the_contract_have_words():
    assert Language.KO.words.problems.keys() <= set(reasons())
