import pytest
from rich.cells import cell_len

from services.local.playing.flow import Flow

KOREAN = "창살 너머로 정오의 빛이 들어온다. 침대 하나, 협탁 하나.\n문은 거실 쪽으로 열려 있다."
ENGLISH = "Noon comes in through the window bars.  A bed, a nightstand.\n\nThe door stands open."


@pytest.mark.parametrize("text", [KOREAN, ENGLISH])
@pytest.mark.parametrize("width", [20, 33, None])
def test_lines_break_between_words_however_the_text_comes(text: str, width: int | None):
    at_once, bit_by_bit = Flow(width), Flow(width)

    shown = at_once.feed(text) + at_once.end()

    assert "".join(map(bit_by_bit.feed, text)) + bit_by_bit.end() == shown
    assert shown.split() == text.split()
    assert width is not None or shown == text
    assert all(cell_len(line) <= (width or 200) for line in shown.split("\n"))


def test_a_word_longer_than_a_line_is_not_lost():
    flow = Flow(5)

    assert flow.feed("a incomprehensible b") + flow.end() == "a\nincomprehensible\nb"


def test_it_is_at_the_start_of_a_line_until_something_is_written():
    flow = Flow(10)

    assert flow.at_start
    assert flow.feed("하나 ") == "하나"
    assert not flow.at_start
    assert flow.feed("둘\n") == " 둘\n"
    assert flow.at_start
