from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.game.packs.compiler import compile_pack
from services.game.packs.folder import read_folder
from services.game.rules.commands import FREE_VERBS, Command
from services.game.rules.decide import check
from services.game.rules.pack import Pack
from services.game.telling.view import actions_of
from services.game.words.read import Ambiguous, Impossible, OutOfWorld, Reading, Understood, Unread, read
from tests.corpus import RIGHT_PERCENT_MIN, SCENARIOS, Row, Verdict, reading_of, rows, scenes, verdict
from tests.support.playthroughs import tutorial
from tests.support.walks import command, random_walk

PACK, _ = tutorial()
SCENES = {name: scene.state for name, scene in scenes().items() if scene.pack.scenario_id == "tutorial"}


@cache
def shipped(scenario: str) -> Pack:
    return compile_pack(read_folder(SCENARIOS / scenario))


def kind(reading: Reading) -> Command | str:
    match reading:
        case Understood(command=understood):
            return understood
        case Ambiguous():
            return "ambiguous"
        case Impossible():
            return "impossible"
        case OutOfWorld():
            return "outside"
        case Unread():
            return "unread"


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.where}-{row.text}")
def test_no_sentence_becomes_another_deed_than_was_meant(row: Row):
    assert verdict(row, reading_of(row)) is not Verdict.WRONG


@pytest.mark.parametrize("file", sorted({row.file for row in rows()}))
def test_nearly_every_sentence_is_read_rightly(file: str):
    verdicts = [verdict(row, reading_of(row)) for row in rows(file)]
    assert 100 * verdicts.count(Verdict.RIGHT) >= RIGHT_PERCENT_MIN * len(verdicts)


def test_a_game_in_one_language_understands_the_other():
    assert kind(read("open the nightstand", PACK, SCENES["bedroom"], "ko")) == command("open nightstand")
    assert kind(read("협탁을 연다", PACK, SCENES["bedroom"], "en")) == command("open nightstand")


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize("scenario", ["tutorial", "snowmark"])
def test_every_button_reads_back_as_its_command(scenario: str, seed: int, locale: str):
    pack = shipped(scenario)
    for step in random_walk(pack, seed, 12):
        actions = actions_of(pack, step.after, locale)
        labels = [action.label for action in actions]
        assert len(labels) == len(set(labels))
        for action in actions:
            assert kind(read(action.label, pack, step.after, locale)) == action.command, action.label


def test_a_question_back_offers_only_what_can_be_done_now():
    reading = read("협탁을 열고 외투를 뒤진다", PACK, SCENES["bedroom"], "ko")
    assert isinstance(reading, Ambiguous)
    assert reading.clarify.question
    assert [choice.command for choice in reading.clarify.choices] == [command("open nightstand"), command("search coat")]


def test_what_the_player_has_not_seen_is_not_named():
    for text in ("녹음기를 챙긴다", "take the recorder", "환풍구를 연다", "녹음기", "욕실"):
        assert isinstance(read(text, PACK, SCENES["bedroom"], "ko"), Unread)


WORDS = st.sampled_from([word for row in rows() for word in row.text.split()])


@settings(max_examples=150, deadline=None)
@given(where=st.sampled_from(sorted(SCENES)), words=st.lists(WORDS, max_size=7))
def test_words_in_any_order_are_read_as_something_that_can_be_done_or_as_nothing(where: str, words: list[str]):
    reading = read(" ".join(words), PACK, SCENES[where], "ko")
    if isinstance(reading, Understood) and reading.command.verb not in FREE_VERBS:
        check(PACK, SCENES[where], reading.command)
    if isinstance(reading, Ambiguous):
        assert reading.clarify.choices


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str):
    read(text, PACK, SCENES["living_room"], "ko")
