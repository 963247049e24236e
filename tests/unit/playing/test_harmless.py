from maratang_client.shapes import Action, Command, CommandVerb, Line, Refusal, Turn, TurnEvent, View, ViewPlace
from services.local.playing.harmless import harmless


def test_a_terminal_has_nothing_to_obey():
    assert harmless(Line(text="\x1b[2J\x9b1A\r둘\a\n셋\t")).text == "[2J1A둘\n셋\t"


def test_however_deep_it_lies():
    event = TurnEvent(id="1-1", event=Turn(refusal=Refusal(lines=(Line(text="\x1b하나"),)), view=View(place=ViewPlace(name="\x07문"))))

    assert harmless(event) == TurnEvent(
        id="1-1", event=Turn(refusal=Refusal(lines=(Line(text="하나"),)), view=View(place=ViewPlace(name="문")))
    )


def test_a_command_goes_back_as_it_came():
    action = Action(label="\x1b말하기", command=Command(verb=CommandVerb.TALK, object="a\x7fb"))

    assert harmless(action) == Action(label="말하기", command=action.command)
