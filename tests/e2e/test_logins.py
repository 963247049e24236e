"""Guests who register, and players who come back, over REST."""

import uuid
from collections.abc import AsyncIterator
from statistics import median
from time import perf_counter
from typing import Any

import httpx
import pytest

from tests.support.player import Player, browser, sign_in
from tests.support.system import System

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse"


@pytest.fixture
async def http(system: System) -> AsyncIterator[httpx.AsyncClient]:
    # Each test comes from an address of its own, so that none spends another's tries.
    async with browser(system.url) as client:
        client.headers["x-forwarded-for"] = f"2001:db8::{uuid.uuid4().hex[:4]}"
        yield client


def a_login() -> str:
    return f"mina-{uuid.uuid4().hex[:8]}"


async def register(http: httpx.AsyncClient, login: str, password: str = PASSWORD, player: Player | None = None, **more: Any):
    body = {"login": login, "password": password, **more}
    return await http.post("/v1/players:register", json=body, headers=player.headers if player else {})


async def come_back(http: httpx.AsyncClient, login: str, password: str = PASSWORD) -> httpx.Response:
    return await http.post("/v1/sessions", json={"login": login, "password": password})


async def test_a_guest_who_registers_keeps_the_games_and_can_come_back(http: httpx.AsyncClient):
    guest, login = await sign_in(http), a_login()
    await guest.begin()
    await guest.turn({"verb": "SEARCH", "object": "coat"})

    registered = (await register(http, login, player=guest, displayName="Mina")).json()

    assert (registered["player"]["guest"], registered["player"]["displayName"]) == (False, "Mina")
    assert (await guest.get("/v1/players/me"))["guest"] is False, "the guest's own token is still good"
    back = Player(http, (await come_back(http, login.upper())).json()["accessToken"])
    assert [game["gameId"] for game in (await back.get("/v1/games"))["games"]] == [guest.game_id]
    assert (await back.get(f"/v1/games/{guest.game_id}"))["turn"] == 1


async def test_registering_without_a_token_makes_a_new_player(http: httpx.AsyncClient):
    new = (await register(http, a_login())).json()
    player = Player(http, new["accessToken"])
    assert (await player.get("/v1/players/me"))["playerId"] == new["player"]["playerId"]
    assert (await player.get("/v1/games"))["games"] == []


async def test_a_login_is_one_players_and_a_repeat_with_the_password_signs_in(http: httpx.AsyncClient):
    guest, login = await sign_in(http), a_login()
    first = (await register(http, login, player=guest)).json()
    again = (await register(http, login, player=guest)).json()
    assert again["player"] == first["player"]
    assert again["accessToken"] != first["accessToken"]

    for taken in (await register(http, login, "another password"), await register(http, login, player=await sign_in(http))):
        assert (taken.status_code, taken.json()["reason"]) == (409, "LOGIN_TAKEN")


async def test_who_signs_out_is_out_everywhere_at_once(http: httpx.AsyncClient):
    login = a_login()
    tokens = [(await register(http, login)).json()["accessToken"], (await come_back(http, login)).json()["accessToken"]]
    one, other = (Player(http, token) for token in tokens)

    assert (await one.call("DELETE", "/v1/sessions/current")).status_code == 200

    assert (await one.call("GET", "/v1/games")).status_code == 401
    assert (await one.call("GET", "/v1/players/me")).status_code == 401
    assert (await other.call("GET", "/v1/games")).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"login", "password"}),
        ({"login": "mi", "password": "short"}, {"login", "password"}),
        ({"login": "mina kim", "password": PASSWORD}, {"login"}),
        ({"login": "correct horse", "password": "correct horse"}, {"login", "password"}),
        ({"login": "m" * 65, "password": "p" * 129, "displayName": "n" * 41}, {"login", "password", "displayName"}),
    ],
)
async def test_what_is_wrong_with_a_registration_is_all_named(http: httpx.AsyncClient, body: dict[str, str], fields: set[str]):
    wrong = (await http.post("/v1/players:register", json=body)).json()
    assert (wrong["reason"], {error["field"] for error in wrong["errors"]}) == ("INVALID_ARGUMENT", fields)


async def test_a_login_can_be_tried_only_so_often_from_wherever(http: httpx.AsyncClient):
    login = a_login()
    await register(http, login)
    answers = []
    for number in range(6):
        http.headers["x-forwarded-for"] = f"2001:db8:1::{number}"
        answers.append(await come_back(http, login, "a wrong guess"))

    assert [answer.status_code for answer in answers] == [401] * 4 + [429] * 2
    assert answers[0].json()["reason"] == "WRONG_LOGIN"
    assert answers[-1].json()["reason"] == "SIGN_IN_LIMITED"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20


async def test_an_address_can_try_only_so_many_logins(http: httpx.AsyncClient):
    # On a slow machine the address earns another try or two meanwhile.
    codes: list[int] = []
    while 429 not in codes and len(codes) < 90:
        answer = await come_back(http, a_login())
        codes.append(answer.status_code)

    assert codes[:30] == [401] * 30
    assert (codes[-1], answer.json()["reason"]) == (429, "SIGN_IN_LIMITED")


async def test_a_login_that_nobody_has_takes_as_long_to_refuse(http: httpx.AsyncClient):
    known, seconds = [a_login() for _ in range(5)], {True: [], False: []}
    for login in known:
        await register(http, login)
    for login in known:
        for is_known, tried in ((True, login), (False, a_login())):
            began = perf_counter()
            assert (await come_back(http, tried, "a wrong guess")).status_code == 401
            seconds[is_known].append(perf_counter() - began)
    assert 0.5 < median(seconds[True]) / median(seconds[False]) < 2
