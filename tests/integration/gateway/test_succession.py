"""A service that went away with a call in its hands: the next one is asked, where asking twice changes nothing."""

import httpx
import pytest

from tests.support.gateway import Seen

pytestmark = pytest.mark.anyio
KEY = {"idempotency-key": "one action"}
ASKED = [
    ("GET", "/v1/games/going.", None, {}, "GetGame", True),
    ("POST", "/v1/games/g/turns", {"text": "going"}, KEY, "TakeTurn", True),
    ("POST", "/v1/games/g/turns:stream", {"text": "going"}, KEY, "StreamTurn", True),
    ("POST", "/v1/games/g/turns", {"text": "going"}, {}, "TakeTurn", False),
    ("POST", "/v1/games/g/turns:stream", {"text": "going"}, {}, "StreamTurn", False),
]
"""Method, path, body, headers; the RPC; whether its successor is asked. Who sends no key may not be taken at their word twice."""


@pytest.mark.parametrize(("method", "path", "body", "headers", "rpc", "again"), ASKED)
async def test_its_successor_is_asked_once_where_that_is_safe(
    client: httpx.AsyncClient, seen: Seen, method: str, path: str, body: dict | None, headers: dict[str, str], rpc: str, again: bool
):
    seen.requests.pop(rpc, None)
    answer = await client.request(method, path, json=body, headers=headers)
    assert len(seen.requests[rpc]) == 1 + again
    assert answer.status_code == (200 if again else {"TakeTurn": 499, "StreamTurn": 503}[rpc])
    if again and rpc == "StreamTurn":
        assert "event: done" in answer.text


@pytest.mark.parametrize("code", ["CANCELLED", "UNAVAILABLE"])
async def test_one_that_goes_away_again_is_asked_no_third_time(client: httpx.AsyncClient, seen: Seen, code: str):
    seen.requests.pop("GetGame", None)
    assert (await client.get(f"/v1/games/code.{code}")).status_code in {499, 503}
    assert len(seen.requests["GetGame"]) == 2


async def test_a_word_of_the_service_is_taken_for_an_answer(client: httpx.AsyncClient, seen: Seen):
    seen.requests.pop("GetGame", None)
    answer = await client.get("/v1/games/reason.STORE_UNAVAILABLE")
    assert (answer.status_code, answer.json()["reason"]) == (503, "STORE_UNAVAILABLE")
    assert len(seen.requests["GetGame"]) == 1
