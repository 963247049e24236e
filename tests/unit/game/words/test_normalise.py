import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.game.words.normalise import TEXT_LENGTH_MAX, normalise


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("  협탁을\t연다 \n", "협탁을 연다"),
        (unicodedata.normalize("NFD", "협탁을 연다"), "협탁을 연다"),
        ("협\u200b탁\ufeff을 연다", "협탁을 연다"),
        ("open\x00 the\x1b[31m door", "open the[31m door"),
        ("open\U000e0041\U000e0042 it", "open it"),
        ("a\u202eb\u3164c", "abc"),
        ("협탁\u3000을", "협탁 을"),
        ("", ""),
    ],
)
def test_what_no_keyboard_types_is_taken_out(written: str, clean: str):
    assert normalise(written) == clean


@given(st.text(max_size=1200))
def test_a_clean_text_is_short_and_stays_as_it_is(text: str):
    clean = normalise(text)
    assert len(clean) <= TEXT_LENGTH_MAX
    assert normalise(clean) == clean
