import pytest

from services.game.rules.begin import begin
from services.game.rules.commands import FREE_VERBS, Command, Refused, Verb
from services.game.rules.decide import decide, dice_of
from services.game.rules.events import INTERNAL_KINDS, EventKind
from services.game.rules.story import EndingKind
from services.game.telling.answers import Line
from services.game.telling.lines import ending_of, free_answer, lines_of, opening_lines, refusal_lines, visible_events
from services.game.telling.template import template
from tests.support.playthroughs import tutorial
from tests.support.walks import Step, command, random_walk, walk

PACK, TRIALS = tutorial()
BEDROOM, _ = begin(PACK, TRIALS.seed)


def steps(*commands: str) -> list[Step]:
    return list(walk(PACK, BEDROOM, map(command, commands)))


def lines(step: Step, locale: str = "ko") -> list[Line]:
    return list(lines_of(PACK, step.before, step.events, step.after, locale))


def test_an_opened_container_tells_of_what_lies_in_it_once():
    (opened,) = steps("open nightstand")
    assert [line.text for line in lines(opened)] == ["협탁의 서랍이 뻑뻑하게 열린다. 찻잔 하나와 사진 한 장이 들어 있다."]
    # English says "a photograph"; the name is there as well.
    assert len(lines(opened, "en")) == 1


def test_coming_into_a_place_tells_what_is_there_and_who():
    (moved,) = steps("move living_room")
    told = [line.text for line in lines(moved)]
    assert told[0] == "거실로 간다."
    assert "벽시계" in told[2]
    assert told[-1] == "함께 있는 사람: 윤슬."


def test_what_a_person_says_is_theirs():
    step = steps("move living_room", "talk yunseul")[-1]
    assert [line.speaker for line in lines(step)] == ["yunseul"]


def test_the_end_tells_its_epilogue():
    last = list(walk(PACK, BEDROOM, TRIALS.witnesses["midnight"]))[-1]
    assert lines(last)[-1].text == "현관의 신발은 열세 켤레가 된다."
    ending = ending_of(PACK, last.after, "ko")
    assert ending is not None
    assert (ending.ending_id, ending.title, ending.kind) == ("midnight", "자정", EndingKind.FAILURE)
    assert ending_of(PACK, BEDROOM, "ko") is None


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_opening_is_told_with_what_can_be_seen(locale: str):
    told = " ".join(line.text for line in opening_lines(PACK, BEDROOM, locale))
    assert PACK.text("pack.opening", locale).splitlines()[0] in told
    assert PACK.name("coat", locale) in told


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("verb", sorted(FREE_VERBS))
def test_every_free_verb_has_an_answer_everywhere(verb: Verb, locale: str):
    for step in random_walk(PACK, 3, 10):
        assert all(line.text for line in free_answer(PACK, step.after, Command(verb=verb), locale) or (Line(text=""),))


def test_looking_again_and_reading_again_are_answered_from_what_is_known():
    state = steps("examine coat", "open nightstand", "read photo")[-1].after
    for again, words in (("examine coat", "남자 외투다."), ("read photo", "사진 뒷면.")):
        assert decide(PACK, state, command(again), dice_of(state)) == ()
        (line,) = free_answer(PACK, state, command(again), "ko")
        assert line.text.startswith(words)


def test_notes_tell_what_was_learnt_and_nothing_else():
    empty = free_answer(PACK, BEDROOM, Command(verb=Verb.NOTES), "ko")
    assert [line.text for line in empty] == ["아직 알아낸 것이 없다."]
    state = steps("open nightstand", "read photo")[-1].after
    assert [line.text for line in free_answer(PACK, state, Command(verb=Verb.NOTES), "ko")][1:] == [
        "먼저 온 수리공: 서준오라는 젊은 시계 수리공이 당신보다 먼저 이 집에 왔고, 돌아가지 못했다."
    ]


def test_a_refusal_is_told_in_the_packs_words():
    with pytest.raises(Refused) as refused:
        decide(PACK, BEDROOM, command("take bed"), dice_of(BEDROOM))
    assert refusal_lines(PACK, refused.value, "ko")[0].text.startswith("침대를 끌고 나갈 수는 없다.")


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_every_turn_has_a_template_and_no_braces_are_left(seed: int, locale: str):
    for step in random_walk(PACK, seed, 15):
        told = template(PACK, step.before, step.events, step.after, locale)
        assert told
        assert all(line.text.strip() and not set("{}") & set(line.text) for line in told)


def test_hidden_events_are_shown_to_nobody():
    for commands in TRIALS.witnesses.values():
        for step in walk(PACK, BEDROOM, commands):
            shown = visible_events(step.events)
            assert len(shown) == sum(not event.hidden for event in step.events)
            assert not {event.kind for event in shown} & INTERNAL_KINDS
            assert all(event.value is None or isinstance(event.value, str) for event in shown)
            assert EventKind.TURN_TAKEN in {event.kind for event in step.events}
