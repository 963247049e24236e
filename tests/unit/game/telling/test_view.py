import orjson
import pytest

from services.game.rules.begin import begin
from services.game.rules.commands import FREE_VERBS, Command, Verb
from services.game.rules.state import DayPhase, Status
from services.game.telling.answers import Action, Check, Clarify, Ending, Line, Telling, ToldBy, View, VisibleEvent
from services.game.telling.lines import ending_of, lines_of, visible_events
from services.game.telling.plain import from_plain, to_plain
from services.game.telling.prompt import Prompt, prompt
from services.game.telling.template import template
from services.game.telling.view import actions_of, clues_of, known_places, people_of, view_of
from tests.support.playthroughs import tutorial
from tests.support.small_pack import small_pack
from tests.support.walks import command, random_walk, walk

PACK, TRIALS = tutorial()
BEDROOM, _ = begin(PACK, TRIALS.seed)


def test_the_first_view_shows_the_bedroom():
    view = view_of(PACK, BEDROOM, "ko", 0)
    assert (view.turn, view.day, view.days, view.slot, view.slots, view.phase) == (0, 1, 1, 1, 24, DayPhase.DAY)
    assert view.place.name == "침실"
    assert [(way.place_id, way.open, way.locked) for way in view.place.exits] == [("living_room", True, False)]
    assert [item.name for item in view.items] == ["침대", "외투", "협탁"]
    assert [item.state for item in view.items] == ["", "", "닫힘"]
    assert view.inventory == view.people == view.conditions == ()
    assert [(each.key, each.name, each.value, each.max) for each in view.statistics] == [("calm", "침착함", 60, 100)]


def test_a_locked_way_is_seen_and_closed():
    state = list(walk(PACK, BEDROOM, map(command, ("move living_room", "move hall"))))[-1].after
    ways = {way.place_id: way for way in view_of(PACK, state, "en", 2).place.exits}
    assert (ways["landing"].open, ways["landing"].locked) == (False, True)
    assert (ways["bathroom"].open, ways["bathroom"].locked) == (True, False)


def test_a_person_is_seen_with_their_mood_and_known_afterwards():
    steps = list(walk(PACK, BEDROOM, map(command, ("move living_room", "talk yunseul", "move bedroom"))))
    (seen,) = view_of(PACK, steps[0].after, "ko", 1).people
    assert (seen.name, seen.status, seen.mood) == ("윤슬", Status.WELL, "경계하는 듯하다")
    assert people_of(PACK, BEDROOM, "ko") == ()
    (known,) = people_of(PACK, steps[-1].after, "ko")
    assert (known.person_id, known.place_id, known.mood) == ("yunseul", None, "")


def test_the_map_has_the_places_seen_and_no_others():
    assert [place.place_id for place in known_places(PACK, BEDROOM, "ko")] == ["bedroom", "living_room"]
    state = next(walk(PACK, BEDROOM, [command("move living_room")])).after
    known = {place.place_id: place for place in known_places(PACK, state, "ko")}
    assert set(known) == {"bedroom", "living_room", "kitchen", "hall"}
    assert (known["hall"].visited, known["hall"].exits, known["living_room"].here) == (False, (), True)


def test_clues_are_those_learnt_with_their_turn():
    state = list(walk(PACK, BEDROOM, map(command, ("open nightstand", "read photo"))))[-1].after
    (clue,) = clues_of(PACK, state, "en")
    assert (clue.clue_id, clue.title, clue.learnt_turn, clue.person_id) == ("missing_man", "the repairer before you", 2, None)


def test_a_conditions_end_is_a_number_of_the_game():
    pack = small_pack()
    state, _ = begin(pack, b"seed")
    after = next(walk(pack, state, [Command(verb=Verb.USE, object="potion")])).after
    (condition,) = view_of(pack, after, "ko", 41).conditions
    assert (condition.name, condition.until - 41) == ("어지러움", 2)


def test_what_is_new_is_suggested_first_and_the_free_verbs_last():
    verbs = [action.command.verb for action in actions_of(PACK, BEDROOM, "ko")]
    assert verbs[0] is Verb.EXAMINE
    assert set(verbs[-len(FREE_VERBS) :]) == FREE_VERBS


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_what_the_log_keeps_comes_back_as_it_was(locale: str):
    for step in random_walk(PACK, 2, 12):
        view = view_of(PACK, step.after, locale, step.after.meta.turn)
        lines = lines_of(PACK, step.before, step.events, step.after, locale)
        asked = prompt(PACK, step.command, "", template(PACK, step.before, step.events, step.after, locale), step.after, (), locale)
        actions = actions_of(PACK, step.after, locale)
        telling = Telling(text="…", lines=lines, told_by=ToldBy.BASE, model="m", checks=(Check(name="length", passed=False),))
        kept = [view, telling, asked, Clarify(question="?", choices=actions), *lines, *visible_events(step.events), *actions]
        for answer in kept:
            plain = orjson.loads(orjson.dumps(to_plain(answer)))
            assert from_plain(type(answer), plain) == answer


def test_an_ending_comes_back_as_it_was():
    last = list(walk(PACK, BEDROOM, TRIALS.witnesses["midnight"]))[-1]
    ending = ending_of(PACK, last.after, "ko")
    assert ending is not None
    assert from_plain(Ending, to_plain(ending)) == ending


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (Line, {}),
        (Line, {"text": 1}),
        (Line, {"text": "a", "voice": "b"}),
        (VisibleEvent, {"kind": "sneezed"}),
        (View, {"turn": 0}),
        (Action, {"label": "a", "command": {"verb": "fly"}}),
        (Prompt, {"messages": [["system"]]}),
    ],
)
def test_what_is_no_answer_is_refused(kind: type, plain: dict[str, object]):
    with pytest.raises((TypeError, ValueError)):
        from_plain(kind, plain)


def test_only_answers_have_a_plain_form():
    with pytest.raises(TypeError):
        to_plain("text")
