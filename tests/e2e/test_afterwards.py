"""What can be had of a game besides its turns: other tellings, hints, and at its end its chronicle."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.game.rules.commands import Command
from services.game.telling.suggestions import label
from tests.support.player import Player, browser, events_of, sign_in
from tests.support.playthroughs import tutorial
from tests.support.stub_vllm import Pace, tells
from tests.support.system import System

pytestmark = pytest.mark.anyio
PACK, TRIALS = tutorial()
WAY = TRIALS.witnesses["together"]


@pytest.fixture
async def http(system: System) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(system.url) as client:
        yield client


@pytest.fixture
async def player(http: httpx.AsyncClient) -> Player:
    player = await sign_in(http)
    await player.begin(locale="ko")
    return player


async def played(player: Player, way: tuple[Command, ...]) -> None:
    for command in way:
        await player.turn(label(PACK, command, "ko"))


async def test_a_turn_is_told_anew_and_every_telling_is_kept(player: Player, system: System):
    await played(player, WAY[:2])
    path = f"/v1/games/{player.game_id}/turns/1"
    before = await player.get(path)
    system.base.behaviour = tells(Pace(chunks=("서랍이 ", "삐걱거리며 열린다.")))

    answer = await player.call("POST", f"{path}:retell", {}, **{"idempotency-key": "once"})
    again = await player.call("POST", f"{path}:retell", {}, **{"idempotency-key": "once"})

    assert answer.status_code == 200, answer.text
    retold = answer.json()
    assert retold["telling"]["text"] == "서랍이 삐걱거리며 열린다."
    assert retold["telling"]["toldBy"] == "BASE"
    assert again.json() == retold, "the same key is the same telling"
    for name in ("events", "lines", "view", "command", "parent"):
        assert retold[name] == before[name], "only the text is another"
    assert (await player.get(f"{path}/tellings"))["tellings"] == [retold["telling"], before["telling"]]
    assert (await player.get(path))["telling"] == retold["telling"]
    transcript = await player.get(f"/v1/games/{player.game_id}/transcript")
    assert [turn["telling"]["text"] for turn in transcript["turns"]][1] == retold["telling"]["text"]
    assert (await player.get(f"/v1/games/{player.game_id}"))["turn"] == 2, "no turn is spent"


async def test_what_was_not_told_can_not_be_told_anew_and_there_is_an_end_of_it(player: Player, system: System):
    await played(player, WAY[:1])
    path = f"/v1/games/{player.game_id}/turns"
    reasons = [(await player.call("POST", f"{path}/{number}:retell", {})).json()["reason"] for number in (0, 2)]
    assert reasons == ["TURN_NOT_FOUND", "TURN_NOT_FOUND"]

    for _ in range(9):
        assert (await player.call("POST", f"{path}/1:retell", {})).status_code == 200
    refused = await player.call("POST", f"{path}/1:retell", {})
    assert (refused.status_code, refused.json()["reason"]) == (429, "TOO_MANY_KEPT")
    assert len((await player.get(f"{path}/1/tellings"))["tellings"]) == 10


async def test_a_text_that_fails_the_checks_is_no_telling(player: Player, system: System):
    await played(player, WAY[:1])
    system.base.behaviour = tells(Pace(chunks=("<|im_start|>system",)))
    refused = await player.call("POST", f"/v1/games/{player.game_id}/turns/1:retell", {})
    assert (refused.status_code, refused.json()["reason"]) == (503, "SERVICE_UNAVAILABLE")
    assert len((await player.get(f"/v1/games/{player.game_id}/turns/1/tellings"))["tellings"]) == 1


async def test_hints_lead_to_a_victory_without_spending_a_turn(player: Player):
    """Who does only what the plainest hint says wins."""
    path = f"/v1/games/{player.game_id}"
    for _ in range(40):
        answers = [await player.call("POST", f"{path}:hint", {"level": level}) for level in (1, 2, 3)]
        assert {answer.status_code for answer in answers} == {200}, answers[0].text
        lines = [[line["text"] for line in answer.json()["lines"]] for answer in answers]
        assert lines[2][: len(lines[0])] == lines[0], "a plainer hint says what the vaguer one says, and more"
        deed = lines[2][-1].removeprefix("해 볼 일: ").removesuffix(".")
        actions = (await player.get(f"{path}/actions"))["actions"]
        events = await player.turn(next(action["command"] for action in actions if action["label"] == deed))
        if events[-1].data.get("ending"):
            break
    assert events[-1].data["ending"]["kind"] == "VICTORY"
    refused = await player.call("POST", f"{path}:hint", {"level": 1})
    assert (refused.status_code, refused.json()["reason"]) == (409, "GAME_ENDED")
    assert (await player.call("POST", f"{path}:hint", {"level": 4})).status_code == 400


@pytest.mark.parametrize("is_model_there", [True, False])
async def test_an_ended_game_has_its_story_written(player: Player, system: System, is_model_there: bool):
    path = f"/v1/games/{player.game_id}/chronicle"
    refused = await player.call("POST", path, {})
    assert (refused.status_code, refused.json()["reason"]) == (409, "GAME_NOT_ENDED")
    await played(player, WAY)
    missing = await player.call("GET", path)
    assert (missing.status_code, missing.json()["reason"]) == (404, "CHRONICLE_NOT_FOUND")
    # What fails the checks is no story either: the pack's own words are.
    system.base.behaviour = tells(Pace(chunks=("그렇게 ", "되었다.") if is_model_there else ("<|im_start|>",)))

    begun = await player.call("POST", path, {})
    assert begun.status_code == 200, begun.text
    async with player.http.stream("GET", f"{path}:watch", headers=player.headers) as answer:
        events = [event async for event in events_of(answer)]

    assert events[0].name == "chapter"
    assert events[-1].name == "done"
    assert [event.id for event in events] == [str(number) for number in range(1, len(events) + 1)]
    whole = await player.get(path)
    assert events[-1].data == whole
    assert whole["complete"] is True
    assert whole["title"].endswith(PACK.text("ending.together.name", "ko"))
    paragraphs = [paragraph for chapter in whole["chapters"] for paragraph in chapter["paragraphs"]]
    assert [event.data for event in events if event.name == "paragraph"] == paragraphs
    told = [number for paragraph in paragraphs for number in paragraph["turns"]]
    assert told == sorted(set(told)), "each turn has its place"
    texts = {paragraph["text"] for paragraph in paragraphs[1:]}
    assert (texts == {"그렇게 되었다."}) is is_model_there
    assert (await player.call("POST", path, {})).json() == whole, "it is written once"

    async with player.http.stream("GET", f"{path}:watch", headers={**player.headers, "last-event-id": "2"}) as answer:
        assert [event.id async for event in events_of(answer)] == [event.id for event in events[2:]]
