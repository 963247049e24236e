import pytest

from services.local.playing.reading import Misread, read
from services.local.playing.shapes import Action, Clarify, Line, Resolved, Telling, Turn


def test_what_is_absent_has_the_zero_of_its_type():
    assert read(Turn, {"turn": 3}) == Turn(turn=3, lines=(), telling=None, view=None, ending=None)
    assert read(Turn, {"telling": {}}).telling == Telling(text="", lines=(), told_by="", model="")
    assert read(Turn, {"telling": None, "lines": None, "turn": None}) == read(Turn, {})
    assert read(Resolved, {}).view.place.name == ""


def test_what_is_new_is_passed_over():
    assert read(Line, {"text": "하나", "tone": "quiet"}) == Line(speaker=None, text="하나")


def test_names_are_in_camel_case():
    assert read(Telling, {"toldBy": "LORA"}).told_by == "LORA"


def test_a_command_goes_back_as_it_came():
    command = {"verb": "TALK", "object": "yunseul", "clues": [], "code": None}

    assert read(Clarify, {"choices": [{"label": "말하기", "command": command}]}).choices == (Action(label="말하기", command=command),)


def test_a_terminal_has_nothing_to_obey():
    assert read(Line, {"text": "\x1b[2J\x9b1A\r둘\a\n셋\t"}).text == "[2J1A둘\n셋\t"


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (Turn, []),
        (Turn, None),
        (Turn, {"turn": "3"}),
        (Turn, {"turn": True}),
        (Turn, {"turn": 3.5}),
        (Turn, {"lines": "none"}),
        (Turn, {"lines": [1]}),
        (Turn, {"telling": "told"}),
        (Action, {"label": "x", "command": "WAIT"}),
        (Action, {"label": "x"}),
    ],
)
def test_what_is_of_another_type_is_an_error(kind: type, found: object):
    with pytest.raises(Misread):
        read(kind, found)
