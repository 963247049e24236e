import pytest

from services.game.packs.particles import names_in, particle, render


@pytest.mark.parametrize(
    ("word", "mark", "expected"),
    [
        ("열쇠", "을/를", "를"),
        ("사진", "을/를", "을"),
        ("사진", "이/가", "이"),
        ("시계", "이/가", "가"),
        ("문", "은/는", "은"),
        ("의자", "은/는", "는"),
        ("윤슬", "와/과", "과"),
        ("윤슬", "과/와", "과"),
        ("미나", "와/과", "와"),
        ("욕실", "으로/로", "로"),
        ("현관", "으로/로", "으로"),
        ("거리", "으로/로", "로"),
        ("윤슬", "아/야", "아"),
        ("미나", "아/야", "야"),
        ("책", "이나/나", "이나"),
        ("책", "이랑/랑", "이랑"),
        ("나무", "이다/다", "다"),
        ("책", "이에요/예요", "이에요"),
        ("나무", "이에요/예요", "예요"),
        ("책", "이었/였", "이었"),
        ("3", "을/를", "을"),
        ("2", "을/를", "를"),
        ("7", "으로/로", "로"),
        ("417", "을/를", "을"),
        ("10", "으로/로", "으로"),
        ("0", "이/가", "이"),
        ("9", "은/는", "는"),
        ("CCTV", "을/를", "를"),
        ("LED", "을/를", "를"),
        ("URL", "으로/로", "로"),
        ("DVR", "을/를", "을"),
        ("RAM", "이/가", "이"),
        ("apple", "은/는", "는"),
        ("model", "으로/로", "로"),
        ("ring", "을/를", "을"),
        ("book", "을/를", "을"),
        ("bus", "을/를", "를"),
        ("'열쇠'", "을/를", "를"),
        ("「사진」", "을/를", "을"),
        ("문(門)", "을/를", "을(를)"),
        ("문 ", "을/를", "을"),
        ("", "을/를", "을(를)"),
        ("…", "은/는", "은(는)"),
    ],
)
def test_a_particle_fits_the_word_before_it(word: str, mark: str, expected: str):
    assert particle(word, mark) == expected


@pytest.mark.parametrize(
    ("template", "params", "locale", "expected"),
    [
        ("{object}{을/를} 챙긴다.", {"object": "열쇠"}, "ko", "열쇠를 챙긴다."),
        ("{place}{으로/로} 간다.", {"place": "욕실"}, "ko", "욕실로 간다."),
        ("문{은/는} 닫혔다.", {}, "ko", "문은 닫혔다."),
        ("{object} opens.", {"object": "the door"}, "en", "The door opens."),
        ("You take {object}.", {"object": "the key"}, "en", "You take the key."),
        ("{object}", {"object": "{place}"}, "ko", "{place}"),
    ],
)
def test_a_template_is_filled(template: str, params: dict[str, str], locale: str, expected: str):
    assert render(template, params, locale) == expected


def test_a_name_that_is_not_given_is_an_error():
    with pytest.raises(KeyError):
        render("{object}", {}, "ko")


def test_particle_marks_are_no_names():
    assert names_in("{subject}{이/가} {object}{을/를}") == {"subject", "object"}
