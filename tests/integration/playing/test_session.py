"""Sittings of a player, from coming in to leaving."""

import json
import re
from pathlib import Path

import pytest
from aiohttp import web
from rich.cells import cell_len

from maratang_client import Problem
from services.local.playing.lobby import Wishes
from services.local.playing.words import Language
from tests.integration.playing.sitting import sit
from tests.support.story_server import (
    ACTIONS,
    ENDING,
    HALL,
    StoryServer,
    accepted,
    answers,
    lost,
    problem,
    resolved,
    stream,
    telling,
)

pytestmark = pytest.mark.anyio
KO, EN = Language.KO.words, Language.EN.words


@pytest.mark.parametrize(
    ("language", "title", "opening"), [("ko", "여관", "여관 문이 닫힌다."), ("en", "The Inn", "The inn's door shuts.")]
)
async def test_a_newcomer_plays_to_an_ending(story: StoryServer, tmp_path: Path, language: str, title: str, opening: str):
    spoken = Language(language)

    sat = await sit(story.url, tmp_path, "1", "2", "wait", "end", "/quit", language=spoken)

    words = spoken.words
    assert words.greeting in sat.screen
    assert f" 1 {title}  " in sat.screen
    assert sat.after("1").index(title) < sat.after("1").index(opening) < sat.after("1").index(f"[현관] · {words.day.format(day=1, days=2)}")
    assert "꺼진다. 그리고 조용해진다." in sat.after("wait")
    assert words.told_by["BASE"].format(model="gemma") in sat.after("wait")
    assert ENDING["title"] in sat.after("end")
    assert words.ending_kinds["SECRET"] in sat.after("end")
    assert words.choose in sat.after("end")
    assert story.said() == ["thing2", "wait", "end"]
    assert not sat.playing
    assert {game.locale for game in story.games.values()} == {language}


async def test_what_happened_is_shown_before_its_story(story: StoryServer, tmp_path: Path):
    sat = await sit(story.url, tmp_path, "", "wait")

    assert sat.after("wait").index("wait을 한다.") < sat.after("wait").index("불이 꺼진다")


async def test_a_few_actions_are_shown_and_all_can_be_had(story: StoryServer, tmp_path: Path):
    sat = await sit(story.url, tmp_path, "", "11", "/all", "12", "0")

    assert ACTIONS[8]["label"] in sat.after("")
    assert ACTIONS[9]["label"] not in sat.after("")
    assert KO.more_actions.format(count=2) in sat.after("")
    assert all(action["label"] in sat.after("/all") for action in ACTIONS)
    assert KO.no_such_number.format(written="12") in sat.after("12")
    assert story.said() == ["thing11", "0"]


async def test_a_question_back_is_answered_by_a_number(story: StoryServer, tmp_path: Path):
    sat = await sit(story.url, tmp_path, "", "which", "3", "2", "2")

    assert "무엇을?\n 1 등잔\n 2 열쇠" in sat.after("which")
    assert KO.no_such_number.format(written="3") in sat.after("3")
    assert story.said() == ["which", "key", "thing2"]


async def test_a_refusal_leaves_everything_as_it_was(story: StoryServer, tmp_path: Path):
    sat = await sit(story.url, tmp_path, "", "no", "look", "1")

    assert sat.after("no").strip() == "안 된다."
    assert sat.after("look").strip() == "현관이다."
    assert [body["expectedTurn"] for path, body, _ in story.asked if path.endswith(":stream")] == [0, 0, 0]


async def test_what_spends_no_turn_can_be_looked_up(story: StoryServer, tmp_path: Path):
    sat = await sit(story.url, tmp_path, "", "/notes", "wait", "/notes", "/look", "/bag", "/map", "/help", "/dance")

    assert KO.notes_empty in sat.after("/notes")
    assert "발자국: 젖어 있다." in sat.screen
    assert f"{KO.things}: 등잔 (꺼짐)\n{KO.people}: 미나 (태연함)\n{KO.exits}: 마당 ({KO.locked})" in sat.after("/look")
    assert f"{KO.slot.format(phase=KO.phases['EVENING'], slot=3, slots=6)} · 침착함 6/10 · 감기" in sat.after("/look")
    assert f"{KO.bag}: 열쇠" in sat.after("/bag")
    assert f"* [현관] ({KO.here}) → 마당 ({KO.locked})\n  마당 ({KO.unvisited})" in sat.after("/map")
    assert all(text in sat.after("/help") for text in KO.orders.values())
    assert KO.no_such_order.format(written="/dance") in sat.after("/dance")
    assert story.said() == ["wait"]


async def test_the_last_game_goes_on(story: StoryServer, tmp_path: Path):
    left = await sit(story.url, tmp_path, "", "wait")
    back = await sit(story.url, tmp_path, "wait")

    assert left.playing
    assert KO.greeting not in back.screen
    assert back.screen.startswith(KO.resumed)
    assert "wait을 한다." in back.screen.split("> wait", 1)[0]
    assert len(story.tokens) == len(story.games) == 1
    assert [body["expectedTurn"] for path, body, _ in story.asked if path.endswith(":stream")] == [0, 1]


async def test_a_game_that_was_left_at_its_opening_opens_again(story: StoryServer, tmp_path: Path):
    await sit(story.url, tmp_path, "")

    assert "여관 문이 닫힌다." in (await sit(story.url, tmp_path)).screen


async def test_a_new_game_can_be_had_and_the_old_one_again(story: StoryServer, tmp_path: Path):
    await sit(story.url, tmp_path, "", "wait", "/new", "2", "wait")

    sat = await sit(story.url, tmp_path, "4", "wait", wishes=Wishes(new=True))

    first, second = story.games.values()
    assert (first.turn, second.turn) == (2, 1)
    assert f" 4 {KO.resume_choice.format(title='여관', turn=1)}" in sat.screen


async def test_a_scenario_can_be_named(story: StoryServer, tmp_path: Path):
    sat = await sit(story.url, tmp_path, "wait", wishes=Wishes(scenario="inn"))
    again = await sit(story.url, tmp_path, "wait", wishes=Wishes(scenario="inn"))
    other = await sit(story.url, tmp_path, "3", "wait", wishes=Wishes(scenario="palace"))

    assert KO.choose not in sat.screen + again.screen
    assert KO.no_such_scenario.format(scenario="palace") in other.screen
    assert [game.turn for game in story.games.values()] == [2, 1]


async def test_a_guest_whom_the_server_forgot_comes_in_anew(story: StoryServer, tmp_path: Path):
    await sit(story.url, tmp_path, "", "wait")
    story.tokens.clear()
    story.games.clear()
    story.tokens.add("another's")

    sat = await sit(story.url, tmp_path, "", "wait")

    assert sat.screen.startswith(f"{KO.guest_unknown}\n{KO.greeting}\n")
    assert "불이 꺼진다" in sat.screen


async def test_a_guest_who_is_forgotten_during_play_comes_in_anew(story: StoryServer, tmp_path: Path):
    story.fault("turns:stream", answers(lambda: problem(401, "INVALID_TOKEN")))

    sat = await sit(story.url, tmp_path, "", "wait", "1", "wait")

    assert KO.guest_unknown in sat.after("wait")
    assert sat.playing
    assert len(story.tokens) == 2


async def test_a_game_that_is_no_more_is_not_missed(story: StoryServer, tmp_path: Path):
    await sit(story.url, tmp_path, "", "wait")
    story.games.clear()

    sat = await sit(story.url, tmp_path, "", "wait")

    assert KO.choose in sat.screen
    assert sat.playing


@pytest.mark.parametrize(("reason", "status", "word"), [("GAME_NOT_FOUND", 404, KO.game_gone), ("GAME_SUSPENDED", 409, KO.suspended)])
async def test_a_game_that_is_taken_away_is_left(story: StoryServer, tmp_path: Path, reason: str, status: int, word: str):
    story.fault("turns:stream", answers(lambda: problem(status, reason)))

    sat = await sit(story.url, tmp_path, "", "wait", "1", "end")

    assert word in sat.after("wait")
    assert ENDING["title"] in sat.after("end")


async def test_a_game_that_was_played_elsewhere_is_read_again(story: StoryServer, tmp_path: Path):
    async def elsewhere(request: web.Request) -> None:
        (game,) = story.games.values()
        story.take(game, {"text": "jump"}, "elsewhere")

    story.fault("turns:stream", elsewhere)

    sat = await sit(story.url, tmp_path, "", "wait", "wait")

    assert KO.moved_on in sat.after("wait")
    assert "jump을 한다." in sat.after("wait")
    assert next(iter(story.games.values())).turn == 2


async def test_a_game_that_ended_elsewhere_has_ended(story: StoryServer, tmp_path: Path):
    async def elsewhere(request: web.Request) -> None:
        (game,) = story.games.values()
        story.take(game, {"text": "end"}, "elsewhere")

    story.fault("turns:stream", elsewhere)

    sat = await sit(story.url, tmp_path, "", "wait")

    assert KO.ended_elsewhere in sat.after("wait")
    assert ENDING["title"] in sat.after("wait")
    assert not sat.playing


async def test_a_failure_is_said_and_play_goes_on(story: StoryServer, tmp_path: Path):
    story.fault("turns:stream", *(answers(lambda reason=reason: problem(400, reason)) for reason in ("INVALID_ARGUMENT", "KEY_MISMATCH")))

    sat = await sit(story.url, tmp_path, "", "one", "two", "three")

    assert KO.problems["INVALID_ARGUMENT"] in sat.after("one")
    assert KO.failed.format(detail="because of KEY_MISMATCH") in sat.after("two")
    assert "불이 꺼진다" in sat.after("three")


async def test_a_wait_is_said_once(story: StoryServer, tmp_path: Path):
    busy = [answers(lambda: problem(409, "GAME_BUSY", retryAfter=0.1))] * 3
    story.fault("turns:stream", *busy)

    sat = await sit(story.url, tmp_path, "", "wait")

    assert sat.after("wait").count(KO.waiting) == 1
    assert "불이 꺼진다" in sat.after("wait")


async def test_a_short_break_is_not_worth_a_word(story: StoryServer, tmp_path: Path):
    story.fault("turns:stream", lost(story, after=3, abruptly=True))

    sat = await sit(story.url, tmp_path, "", "wait")

    assert KO.waiting not in sat.screen
    assert sat.after("wait").count("불이 꺼진다. 그리고 조용해진다.") == 1


async def test_one_can_play_while_the_list_of_games_is_away(story: StoryServer, tmp_path: Path):
    async def away(request: web.Request) -> web.StreamResponse | None:
        return problem(503, "DATABASE_UNAVAILABLE") if request.method == "GET" else None

    story.fault("/games", *[away] * 3)

    sat = await sit(story.url, tmp_path, "", "wait", patience_seconds=0.3)

    assert sat.playing


async def test_what_the_server_can_not_do_at_all_ends_the_sitting(story: StoryServer, tmp_path: Path):
    story.fault("players:guest", answers(lambda: problem(500, "INTERNAL")))

    with pytest.raises(Problem):
        await sit(story.url, tmp_path)


async def test_without_scenarios_there_is_nothing_to_play(story: StoryServer, tmp_path: Path):
    story.fault("/scenarios", answers(lambda: web.json_response({"scenarios": []})))

    sat = await sit(story.url, tmp_path)

    assert KO.nothing_to_play in sat.screen
    assert not sat.playing


async def test_the_language_can_be_changed(story: StoryServer, tmp_path: Path):
    sat = await sit(story.url, tmp_path, "/lang en", "1", "/lang", "/lang ko", "/bag")

    assert EN.choose in sat.after("/lang en")
    assert "The inn's door shuts." in sat.screen
    assert EN.no_such_language in sat.after("/lang")
    assert KO.game_language in sat.after("/lang ko")
    assert f"{KO.bag}: 열쇠" in sat.after("/bag")


async def test_a_game_in_another_language_goes_on_in_it_and_that_is_said(story: StoryServer, tmp_path: Path):
    await sit(story.url, tmp_path, "")

    sat = await sit(story.url, tmp_path, "wait", language=Language.EN)

    assert sat.screen.startswith(f"{EN.resumed}\n{EN.game_language}\n여관 문이 닫힌다.")


async def test_a_file_that_can_not_be_written_is_said(story: StoryServer, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")

    sat = await sit(story.url, tmp_path / "file", "", "wait")

    assert "player.json" in sat.screen
    assert "불이 꺼진다" in sat.screen


async def test_the_file_has_the_token_and_the_game(story: StoryServer, tmp_path: Path):
    await sit(story.url, tmp_path, "", "wait")

    kept = json.loads((tmp_path / "player.json").read_text())["servers"][story.url]
    assert kept == {"token": "token0", "game": next(iter(story.games))}


def deltas(*texts: str, speaker: str | None = None) -> list:
    return [("delta", {"k": 0, "text": text, "speaker": speaker}) for text in texts]


async def test_a_story_that_is_told_anew_says_so(story: StoryServer, tmp_path: Path):
    def teller(asked: str, number: int) -> list:
        done = {"turn": number, "view": HALL, "telling": telling("하나\n둘", "TEMPLATE")}
        return [accepted(number), resolved("하나", "둘"), *deltas("지어낸 "), ("reset", {"k": 4}), *deltas("하나", "\n둘"), ("done", done)]

    story.tellers["wait"] = teller

    shown = (await sit(story.url, tmp_path, "", "wait")).after("wait")

    assert shown.startswith(f"하나\n둘\n\n지어낸\n{KO.told_anew}\n\n하나\n둘\n— {KO.told_by['TEMPLATE']}")


async def test_a_story_in_the_scenarios_own_words_is_not_said_twice(story: StoryServer, tmp_path: Path):
    def teller(asked: str, number: int) -> list:
        done = {"turn": number, "view": HALL, "telling": telling("하나\n둘", "TEMPLATE")}
        return [accepted(number), resolved("하나", "둘"), *deltas("하나", "\n둘"), ("done", done)]

    story.tellers["wait"] = teller

    shown = (await sit(story.url, tmp_path, "", "wait")).after("wait")

    assert shown.startswith(f"하나\n둘\n— {KO.told_by['TEMPLATE']}\n\n")


async def test_a_story_that_begins_like_the_facts_is_told_whole(story: StoryServer, tmp_path: Path):
    def teller(asked: str, number: int) -> list:
        done = {"turn": number, "view": HALL, "telling": telling("하나 그리고 셋")}
        return [accepted(number), resolved("하나", "둘"), *deltas("하", "나 그", "리고 셋"), ("done", done)]

    story.tellers["wait"] = teller

    assert (await sit(story.url, tmp_path, "", "wait")).after("wait").startswith("하나\n둘\n\n하나 그리고 셋\n")


@pytest.mark.parametrize("missed", [0, 1, 2])
async def test_what_a_stream_left_out_is_told_in_the_end(story: StoryServer, tmp_path: Path, missed: int):
    def teller(asked: str, number: int) -> list:
        done = {"turn": number, "view": HALL, "telling": telling("갑작스레 불이 꺼진다.")}
        return [accepted(number), resolved("하나"), *deltas("갑작스레 ", "불이 ", "꺼진다.")[:missed], ("done", done)]

    story.tellers["wait"] = teller

    assert (await sit(story.url, tmp_path, "", "wait")).after("wait").startswith("하나\n\n갑작스레 불이 꺼진다.\n")


async def test_speakers_are_called_by_their_names(story: StoryServer, tmp_path: Path):
    def teller(asked: str, number: int) -> list:
        lines = [{"text": "어서 와요.", "speaker": "mina"}, {"text": "…", "speaker": "gone"}, {"text": "쉿.", "speaker": "nobody"}]
        told = [*deltas("들어", "와요.", "\n앉아요.", speaker="mina"), *deltas("\n문이 닫힌다."), *deltas("\n쉿.", speaker="gone")]
        text = "들어와요.\n앉아요.\n문이 닫힌다.\n쉿."
        done = {"turn": number, "view": HALL, "telling": telling(text, "LORA")}
        return [accepted(number), ("resolved", {"lines": lines, "view": HALL}), *told, ("done", done)]

    story.tellers["wait"] = teller

    shown = (await sit(story.url, tmp_path, "", "wait")).after("wait")

    plain = "미나: 어서 와요.\n떠난 사람: …\nnobody: 쉿.\n\n"
    assert shown.startswith(f"{plain}미나: 들어와요.\n앉아요.\n문이 닫힌다.\n떠난 사람: 쉿.\n— {KO.told_by['LORA'].format(model='gemma')}")


async def test_a_terminal_gets_the_same_words(story: StoryServer, tmp_path: Path):
    def teller(asked: str, number: int) -> list:
        text = "아주 긴 이야기가 한 줄에 다 들어가지 않을 만큼 이어진다. " * 3
        done = {"turn": number, "view": HALL, "telling": telling(text)}
        return [accepted(number), resolved("[bold]하나[/bold] :smile:"), *deltas(*text), ("done", done)]

    story.tellers["wait"] = teller

    sat = await sit(story.url, tmp_path, "", "wait", "look", "/bag", terminal=True)

    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", sat.screen)
    assert "[bold]하나[/bold] :smile:" in shown
    assert shown.count("이어진다.") == 3
    assert max(map(cell_len, re.split("[\r\n]", shown))) <= 80
    assert sat.screen.count("\x1b[?25l") == sat.screen.count("\x1b[?25h"), "the cursor is given back"


async def test_a_stream_that_is_watched_from_another_place_shows_the_rest_once(story: StoryServer, tmp_path: Path):
    async def again(request: web.Request) -> web.StreamResponse:
        (game,) = story.games.values()
        return await stream(request, 1, game.streams[1])

    story.fault("turns:stream", lost(story, after=4, abruptly=False))
    story.fault(":watch", again)

    assert (await sit(story.url, tmp_path, "", "wait")).after("wait").count("불이") == 1
