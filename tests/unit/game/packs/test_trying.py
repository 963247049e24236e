import pytest

from services.game.packs.compiler import compile_located
from services.game.packs.errors import PackErrors
from services.game.packs.folder import read_folder
from services.game.packs.trials import Trials, read_trials
from services.game.packs.trying import try_all
from tests.support.playthroughs import SNOWMARK

LOCATED = compile_located(read_folder(SNOWMARK))


def trials(*steps: str, locale: str = "en") -> Trials:
    told = "".join(f"\n      - {step}" for step in steps)
    return read_trials(LOCATED, {"tests/t.yaml": f"transcripts:\n  t:\n    locale: {locale}\n    steps:{told}\n"})


def wrong_with(*steps: str, locale: str = "en") -> str:
    """What is wrong with the transcript; empty, where nothing is."""
    (verdict,) = [each for each in try_all(LOCATED.pack, trials(*steps, locale=locale)) if each.kind == "transcript"]
    return verdict.wrong


@pytest.mark.parametrize(
    "step",
    [
        "{do: take coat, lines: [event.taken], silent: [line.wind], holds: item.coat.carried && clock.slot == 2, lore: [station]}",
        "{do: move stove_room, lines: [place.stove_room.description]}",
        "{do: look, lines: [place.bunk_room.description]}",
        "{do: examine bunk, lines: [item.bunk.description]}",
        "{do: wait, times: 8, lines: [event.waited], holds: clock.slot == 9}",
        "{do: move kitchen, refused: refusal.no_way, holds: player.place == 'bunk_room', lore: [station]}",
        "{say: take the coat, holds: item.coat.carried}",
        "{say: take the bunk bed, refused: refusal.not_portable}",
    ],
)
def test_a_step_is_kept_that_comes_out_as_it_says(step: str):
    assert wrong_with(step) == ""


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("{do: take coat, lines: [line.wind]}", "line.wind was not told"),
        ("{do: take coat, silent: [event.taken]}", "event.taken was told"),
        ("{do: take coat, lore: []}", "the lore that holds is station"),
        ("{do: take coat, refused: refusal.no_way}", "not refused with refusal.no_way"),
        ("{do: move kitchen, refused: refusal.locked}", "refused with refusal.no_way"),
        (
            "{do: move kitchen, refused: refusal.no_way, holds: clock.slot == 2}",
            "clock.slot == 2 should hold afterwards, and clock.slot is 1",
        ),
        ("{do: wait, times: 3, holds: clock.slot == 3}", "clock.slot == 3 should hold afterwards, and clock.slot is 4"),
        ("{say: take the bunk bed, refused: refusal.no_way}", "refused with refusal.not_portable"),
        ("{say: colourless green ideas, refused: refusal.no_way}", "the words are not understood (unread)"),
    ],
)
def test_a_step_that_comes_out_otherwise_is_told_with_what_is_wrong(step: str, wrong: str):
    assert wrong_with(step).endswith(wrong)


def test_the_words_are_read_in_the_language_of_the_transcript():
    assert wrong_with("{say: 방한복을 챙긴다, holds: item.coat.carried}", locale="ko") == ""


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("{holds: clock.slot == 1}", "a step has 'do', a command, or 'say', a player's words"),
        ("{do: wait, say: wait}", "a step has 'do', a command, or 'say', a player's words"),
        ("{do: dance}", "'dance' is no verb"),
        ("{do: wait, lines: [line.windd]}", "no text is called 'line.windd' (did you mean 'line.wind'?)"),
        ("{do: wait, silent: [line.windd]}", "no text is called 'line.windd' (did you mean 'line.wind'?)"),
        ("{do: wait, lore: [stations]}", "no entry of the lore is called 'stations' (did you mean 'station'?)"),
        ("{do: wait, times: 0}", "'times' is a whole number from 1 to 100, not '0'"),
        ("{do: wait, holds: clock.slots == 1}", "unknown name 'clock.slots'"),
        ("{do: wait, label: angry}", "no label is called 'angry'"),
    ],
)
def test_a_step_that_says_nothing_sensible_is_a_fault_with_its_place(step: str, fault: str):
    with pytest.raises(PackErrors) as wrong:
        trials("take coat", step)
    (error,) = wrong.value.errors
    assert (error.file, error.line) == ("tests/t.yaml", 6)
    assert fault in error.message
