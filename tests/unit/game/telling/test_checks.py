from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.game.rules.begin import begin
from services.game.telling.answers import Check
from services.game.telling.checks import LENGTH_MAX, NAMES, Watch
from services.game.telling.secrets import secret_names
from services.game.telling.template import template
from tests.support.playthroughs import tutorial
from tests.support.walks import walk

PACK, TRIALS = tutorial()
BEDROOM, _ = begin(PACK, TRIALS.seed)


def told(pieces: list[str], locale: str = "ko", said: tuple[str, ...] = ()) -> tuple[str, set[str]]:
    """What was released, and the checks that failed."""
    watch = Watch(PACK, BEDROOM, locale, said)
    text = "".join(watch.feed(piece) for piece in pieces) + watch.end()
    checks = watch.checks()
    assert [check.name for check in checks] == list(NAMES)
    assert watch.failed == any(not check.passed for check in checks)
    return text, {check.name for check in checks if not check.passed}


@pytest.mark.parametrize(
    ("locale", "text", "shown", "failed"),
    [
        ("ko", "당신은 눈을 뜬다. 방이 조용하다.", "당신은 눈을 뜬다. 방이 조용하다.", None),
        ("ko", "  당신은   눈을\n\n 뜬다.  ", "당신은 눈을\n뜬다.", None),
        ("ko", "당신은 CCTV를 본다. LED가 깜박인다.", "당신은 CCTV를 본다. LED가 깜박인다.", None),
        ("ko", "당신은 눈을 뜬다. 방이 조용", "당신은 눈을 뜬다. 방이 조용…", None),
        ("ko", "당신은 눈을 뜬다. 방이 어둡다. 당신은 눈을 뜬다. 방이", "당신은 눈을 뜬다. 방이 어둡다.", None),
        ("ko", "문이 열린다. 你好 그리고", "문이 열린다.", "language"),
        ("ko", "문이 열린다. カタカナ", "문이 열린다.", "language"),
        ("ko", "The door opens. It is dark.", "", "language"),
        ("ko", "ok.", "ok.", "language"),
        ("en", "The door opens. 문이 열린다.", "The door opens.", "language"),
        ("en", "The café is dark.", "The café is dark.", None),
        ("ko", "문이 열린다.<start_of_turn>model", "문이 열린다.", "control"),
        ("ko", "문이 열린다.<|im_end|>", "문이 열린다.", "control"),
        ("ko", "문이 열린다. </s>", "문이 열린다.", "control"),
        ("ko", "문이 열린다. [INST] 이제", "문이 열린다.", "control"),
        ("ko", "문이 열린다.\x00 끝", "문이 열린다.", "control"),
        ("ko", "문이 열린다.\u200b 끝", "문이 열린다.", "control"),
        ("ko", "어딘가에 녹음기가 있다.", "어딘가에", "secrets"),
        ("ko", "번호는 0417이다.", "번호는", "secrets"),
        ("en", "There is a Recorder somewhere.", "There is a", "secrets"),
        ("en", "Straßenlärm, ßßßßßßßßß, Recorder.", "Straßenlärm, ßßßßßßßßß,", "secrets"),
        ("en", "The bedroom is quiet.", "The bedroom is quiet.", None),
        ("ko", "", "", "length"),
        ("ko", ".", ".", "length"),
        ("ko", "가 나 다 라 " * 300, None, "length"),
    ],
)
def test_a_text_is_shown_up_to_the_first_thing_that_may_not_be(locale: str, text: str, shown: str | None, failed: str | None):
    released, failures = told([text], locale)
    assert failures == ({failed} if failed else set())
    assert len(released) <= LENGTH_MAX + 1
    if shown is not None:
        assert released == shown


def test_what_the_player_was_just_told_is_no_secret():
    assert told(["녹음기가 있다."], said=("먼지 속에 작은 녹음기가 있다.",)) == ("녹음기가 있다.", set())


def test_a_word_in_a_longer_word_is_no_name_in_english():
    assert "note" in secret_names(PACK, BEDROOM, "en")
    assert told(["Nobody noted it down.", " A footnote."], "en")[1] == set()
    assert told(["Nobody took the note."], "en")[1] == {"secrets"}


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_packs_own_words_pass(locale: str):
    for commands in TRIALS.witnesses.values():
        for step in walk(PACK, BEDROOM, commands):
            lines = [line.text for line in template(PACK, step.before, step.events, step.after, locale)]
            watch = Watch(PACK, step.after, locale, lines)
            text = watch.feed("\n".join(lines)) + watch.end()
            assert not watch.failed, (lines, watch.checks())
            assert text.replace("\n", " ").startswith(lines[0][:20])


PIECES = st.sampled_from(
    [
        *("문이 ", "열린다. ", "녹음", "기가 ", "있다.", "당신은 ", "한", "\u1112\u1161\u11ab", "漢", "0", "41", "7", "\n", "  "),
        *("<start", "_of_", "turn>", "<|im_", "end|>", "<", "[IN", "ST]"),
    ]
)


def split(text: str, cuts: list[int]) -> list[str]:
    places = sorted({cut for cut in cuts if cut < len(text)} | {0, len(text)})
    return [text[start:end] for start, end in pairwise(places)]


@given(pieces=st.lists(PIECES, max_size=14), cuts=st.lists(st.integers(min_value=0, max_value=80), max_size=10))
def test_wherever_a_text_is_split_the_same_checks_fail_and_nothing_forbidden_is_shown(pieces: list[str], cuts: list[int]):
    whole = "".join(pieces)
    shown, failed = told(split(whole, cuts))
    assert bool(failed) == bool(told([whole])[1])
    for forbidden in ("녹음기", "0417", "<start_of_turn>", "<|im_end|>", "[INST]", "漢"):
        assert forbidden not in shown


@given(pieces=st.lists(PIECES, max_size=14), cuts=st.lists(st.integers(min_value=0, max_value=80), max_size=80))
def test_wherever_it_is_split_a_good_text_is_shown_as_at_once_and_of_a_bad_one_no_more(pieces: list[str], cuts: list[int]):
    whole = "".join(pieces)
    at_once, failed = told([whole])
    shown, failures = told(split(whole, cuts))
    assert bool(failures) == bool(failed)
    assert at_once.startswith(shown) if failed else shown == at_once


MORE_PIECES = PIECES | st.sampled_from(
    [
        *("당신은 ", "눈을 뜬다", ".", "!", "..", "…", '"', "”", ")", " ", "\t", "\u3000", "\r", "ok ", "don't ", ", ", "CCTV", "ㅋ"),
        *(
            "The ",
            "old ",
            "Recorder",
            "note",
            "s ",
            "e",
            "\u0301",
            "\u0323",
            "é",
            "ß",
            "ñ",
            "<unused",
            "99",
            ">",
            "[",
            "\ufffd",
            "\x85",
            "к",
        ),
    ]
)


@example(pieces=["e\u0301", "\u0301", "\u0323"], locale="en")
@example(pieces=["<start", " ", "\n"], locale="ko")
@given(pieces=st.lists(MORE_PIECES, max_size=30), locale=st.sampled_from(("ko", "en")))
def test_what_is_released_up_to_a_piece_is_what_the_text_so_far_releases_in_one(pieces: list[str], locale: str):
    growing, released, so_far = Watch(PACK, BEDROOM, locale), "", ""
    for piece in pieces:
        released += growing.feed(piece)
        so_far += piece
        at_once = Watch(PACK, BEDROOM, locale)
        shown = at_once.feed(so_far)
        assert (at_once.over, at_once.checks()) == (growing.over, growing.checks())
        if growing.over:
            assert released.startswith(shown), "it was found when some had been shown"
            return
        assert shown == released
    assert growing.end() == at_once.end() if pieces else growing.end() == ""


def test_after_a_failed_check_nothing_more_is_released():
    watch = Watch(PACK, BEDROOM, "ko")
    assert watch.feed("문이 열린다. ") == "문이 열린다."[: len("문이 열린다.")]
    assert watch.feed("漢字 그리고") == ""
    assert watch.failed
    assert watch.feed("더") == ""
    assert watch.end() == ""
    assert Check(name="language", passed=False) in watch.checks()
