from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.game.rules.begin import begin
from services.game.rules.commands import FREE_VERBS, Command
from services.game.rules.decide import check
from services.game.rules.state import State
from services.game.telling.view import actions_of
from services.game.words.read import Ambiguous, Impossible, OutOfWorld, Reading, Understood, Unread, read
from tests.support.playthroughs import tutorial
from tests.support.walks import command, random_walk, walk

PACK, TRIALS = tutorial()
HERE = Path(__file__).parent


def after(state: State, *commands: str) -> State:
    return [step.after for step in walk(PACK, state, map(command, commands))][-1]


def scenes() -> dict[str, State]:
    """Where the sentences are said: the tutorial, as far as each name tells."""
    bedroom, _ = begin(PACK, TRIALS.seed)
    nightstand = after(bedroom, "open nightstand")
    living_room = after(nightstand, "take photo", "move living_room")
    drawer = after(living_room, "move kitchen", "open drawer")
    hall = after(drawer, "take fuse", "take screwdriver", "move living_room", "move hall")
    friends = after(living_room, "examine clock", "show photo yunseul", "talk yunseul plan", "move kitchen", "open drawer", "take fuse")
    return {
        "bedroom": bedroom,
        "nightstand": nightstand,
        "living_room": living_room,
        "drawer": drawer,
        "hall": hall,
        "bathroom": after(hall, "move bathroom"),
        "lit_hall": after(friends, "move living_room", "move hall", "use fuse breaker"),
    }


SCENES = scenes()


def rows(language: str) -> list[tuple[str, str, str]]:
    lines = (HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    split = (tuple(part.strip() for part in line.split("|")) for line in lines if not line.startswith("#"))
    return [(where, text, wanted) for where, text, wanted in split]


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


@pytest.mark.parametrize(("where", "text", "wanted"), rows("korean"))
def test_korean_is_read(where: str, text: str, wanted: str):
    expected = wanted if wanted in ("ambiguous", "impossible", "outside", "unread") else command(wanted)
    assert kind(read(text, PACK, SCENES[where], "ko")) == expected


@pytest.mark.parametrize(("where", "text", "wanted"), rows("english"))
def test_english_is_read(where: str, text: str, wanted: str):
    expected = wanted if wanted in ("ambiguous", "impossible", "outside", "unread") else command(wanted)
    assert kind(read(text, PACK, SCENES[where], "en")) == expected


def test_a_game_in_one_language_understands_the_other():
    assert kind(read("open the nightstand", PACK, SCENES["bedroom"], "ko")) == command("open nightstand")
    assert kind(read("협탁을 연다", PACK, SCENES["bedroom"], "en")) == command("open nightstand")


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("seed", range(1, 7))
def test_every_button_reads_back_as_its_command(seed: int, locale: str):
    for step in random_walk(PACK, seed, 12):
        actions = actions_of(PACK, step.after, locale)
        labels = [action.label for action in actions]
        assert len(labels) == len(set(labels))
        for action in actions:
            assert kind(read(action.label, PACK, step.after, locale)) == action.command, action.label


def test_a_question_back_offers_only_what_can_be_done_now():
    reading = read("협탁을 열고 외투를 뒤진다", PACK, SCENES["bedroom"], "ko")
    assert isinstance(reading, Ambiguous)
    assert reading.clarify.question
    assert [choice.command for choice in reading.clarify.choices] == [command("open nightstand"), command("search coat")]


def test_what_the_player_has_not_seen_is_not_named():
    for text in ("녹음기를 챙긴다", "take the recorder", "환풍구를 연다", "녹음기", "욕실"):
        assert isinstance(read(text, PACK, SCENES["bedroom"], "ko"), Unread)


WORDS = st.sampled_from([word for _, text, _ in (*rows("korean"), *rows("english")) for word in text.split()])


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
