"""A request's path, query, body and headers become its RPC's message, or a list of what is wrong."""

import pytest
from maratang.game.v1 import game_pb2, game_service_pb2
from maratang.persistence.v1 import player_data_service_pb2, player_pb2

from services.chassis import errors
from services.gateway import bodies
from services.gateway.binding import Binder
from services.gateway.json_reader import JsonReaders
from services.gateway.templates import parse
from services.gateway.wiring import public_routes


def bind(rpc: str, path: str, body: str | None = None, **headers: str):
    route = next(one for one in public_routes() if one.rpc.endswith(f"/{rpc}"))
    path, _, query = path.partition("?")
    binder = Binder(route, JsonReaders())
    segments = path[1:].removesuffix(f":{route.template.verb}").split("/")
    parsed = bodies.ABSENT if body is None else bodies.parse(body.encode())
    return binder.bind(segments, query.encode(), parsed, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("rpc", "path", "body", "headers", "message"),
    [
        ("GetGame", "/v1/games/7c%2F1", None, {}, game_service_pb2.GetGameRequest(game_id="7c/1")),
        (
            "ListGames",
            "/v1/games?pageSize=5&page_token=a%20b+c%26&status=ENDED",
            None,
            {},
            game_service_pb2.ListGamesRequest(page_size=5, page_token="a b c&", status=game_pb2.Game.ENDED),
        ),
        ("ListGames", "/v1/games?&status=2&", None, {}, game_service_pb2.ListGamesRequest(status=game_pb2.Game.ENDED)),
        (
            "TakeTurn",
            "/v1/games/g/turns",
            '{"command": {"verb": "ACCUSE", "clues": ["a", "b"]}, "expectedTurn": 0}',
            {"idempotency_key": "k"},
            game_service_pb2.TakeTurnRequest(
                game_id="g",
                command=game_pb2.Command(verb=game_pb2.Command.ACCUSE, clues=["a", "b"]),
                expected_turn=0,
                request_id="k",
            ),
        ),
        ("TakeTurn", "/v1/games/g/turns", '{"gameId": "g"}', {}, game_service_pb2.TakeTurnRequest(game_id="g")),
        ("TakeTurn", "/v1/games/g/turns", None, {}, game_service_pb2.TakeTurnRequest(game_id="g")),
        ("StopTurn", "/v1/games/g/turns/3:stop", "{}", {}, game_service_pb2.StopTurnRequest(game_id="g", turn=3)),
        ("DeleteGame", "/v1/games/g?requestId=k", None, {"idempotency_key": "k"},
         game_service_pb2.DeleteGameRequest(game_id="g", request_id="k")),
        ("GetGame", "/v1/games/g", None, {"idempotency_key": "k"}, game_service_pb2.GetGameRequest(game_id="g")),
        (
            "WatchTurn",
            "/v1/games/g/turns/3:watch?after=3-1",
            None,
            {"last_event_id": "3-7"},
            game_service_pb2.WatchTurnRequest(game_id="g", turn=3, after="3-7"),
        ),
        ("GetTurn", "/v1/games/g/turns/3", None, {"last_event_id": "3-7"}, game_service_pb2.GetTurnRequest(game_id="g", turn=3)),
    ],
)  # fmt: skip
def test_a_request_becomes_its_message(rpc, path, body, headers, message):
    assert bind(rpc, path, body, **headers) == message


@pytest.mark.parametrize(
    ("path", "body", "paths"),
    [
        ("/v1/players/me", '{"displayName": "민아"}', ["display_name"]),
        ("/v1/players/me", '{"display_name": "민아", "locale": null}', ["display_name", "locale"]),
        ("/v1/players/me", '{"createTime": "2026-01-01T00:00:00Z"}', ["create_time"]),
        ("/v1/players/me", "{}", []),
        ("/v1/players/me?updateMask=locale,displayName", '{"displayName": "민아"}', ["locale", "display_name"]),
    ],
)
def test_the_mask_of_a_patch_is_what_its_body_has(path, body, paths):
    assert list(bind("UpdatePlayer", path, body).update_mask.paths) == paths


def test_the_body_of_a_patch_is_its_field():
    request = bind("UpdatePlayer", "/v1/players/me?requestId=r", '{"displayName": "민아"}')

    assert request == player_data_service_pb2.UpdatePlayerRequest(
        player=player_pb2.Player(display_name="민아"), update_mask={"paths": ["display_name"]}, request_id="r"
    )


@pytest.mark.parametrize(
    ("rpc", "path", "body", "headers", "reason", "fields"),
    [
        ("GetTurn", "/v1/games/g/turns/x", None, {}, "INVALID_ARGUMENT", ["turn"]),
        ("GetTurn", "/v1/games/g/turns/2147483648", None, {}, "INVALID_ARGUMENT", ["turn"]),
        ("GetTurn", "/v1/games/%ff/turns/1", None, {}, "INVALID_ARGUMENT", ["path"]),
        ("GetTurn", "/v1/games/a%00b/turns/1", None, {}, "INVALID_ARGUMENT", ["gameId"]),
        ("ListGames", "/v1/games?pageSize=x&status=NOPE", None, {}, "INVALID_ARGUMENT", ["pageSize", "status"]),
        ("ListGames", "/v1/games?pageSize=", None, {}, "INVALID_ARGUMENT", ["pageSize"]),
        ("ListGames", "/v1/games?pageSize=1&page_size=1", None, {}, "INVALID_ARGUMENT", ["page_size"]),
        ("ListGames", "/v1/games?pageToken=%ff", None, {}, "INVALID_ARGUMENT", ["pageToken"]),
        ("ListGames", "/v1/games?pageToken=%00", None, {}, "INVALID_ARGUMENT", ["pageToken"]),
        ("ListGames", "/v1/games?a=1&b=2", None, {}, "UNKNOWN_FIELD", ["a", "b"]),
        ("GetGame", "/v1/games/g?gameId=h", None, {}, "UNKNOWN_FIELD", ["gameId"]),
        ("TakeTurn", "/v1/games/g/turns?text=x", "{}", {}, "UNKNOWN_FIELD", ["text"]),
        ("TakeTurn", "/v1/games/g/turns", '{"gameId": "h"}', {}, "INVALID_ARGUMENT", ["gameId"]),
        ("StopTurn", "/v1/games/g/turns/3:stop", '{"turn": 4}', {}, "INVALID_ARGUMENT", ["turn"]),
        ("TakeTurn", "/v1/games/g/turns", '{"text": "a", "command": {}}', {}, "INVALID_ARGUMENT", ["command"]),
        ("TakeTurn", "/v1/games/g/turns", '{"command": {"verb": "FLY", "clues": [1]}}', {},
         "INVALID_ARGUMENT", ["command.verb", "command.clues[0]"]),
        ("TakeTurn", "/v1/games/g/turns", '{"requestId": "a"}', {"idempotency_key": "b"}, "INVALID_ARGUMENT", ["requestId"]),
        ("TakeTurn", "/v1/games/g/turns", "{}", {"idempotency_key": ""}, "INVALID_ARGUMENT", ["Idempotency-Key"]),
        ("TakeTurn", "/v1/games/g/turns", "{}", {"idempotency_key": "é"}, "INVALID_ARGUMENT", ["Idempotency-Key"]),
        ("WatchTurn", "/v1/games/g/turns/3:watch", None, {"last_event_id": "é"}, "INVALID_ARGUMENT", ["Last-Event-ID"]),
        ("UpdatePlayer", "/v1/players/me?player.locale=ko", "{}", {}, "UNKNOWN_FIELD", ["player.locale"]),
        ("UpdatePlayer", "/v1/players/me?updateMask=a_b", "{}", {}, "INVALID_ARGUMENT", ["updateMask"]),
        ("UpdatePlayer", "/v1/players/me", '{"player": {}}', {}, "UNKNOWN_FIELD", ["player"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(rpc, path, body, headers, reason, fields):
    with pytest.raises(errors.Invalid) as caught:
        bind(rpc, path, body, **headers)

    assert (caught.value.reason, [one.field for one in caught.value.violations]) == (reason, fields)


def test_nested_and_repeated_fields_come_from_the_query_with_dots(everything):
    class Route:
        request = everything
        template = parse("/v1/everything/{child.a_string}")
        descriptor = type("Method", (), {"input_type": everything.DESCRIPTOR})
        body = ""
        http_method = "GET"
        streaming = False

    query = (
        b"manyInt32=1&manyInt32=2&child.aBool=true&child.child.colours=RED&child.child.colours=2&time=2026-01-01T00:00:00Z&child.wrapped=5"
    )
    message = Binder(Route, JsonReaders()).bind(["v1", "everything", "x"], query, bodies.ABSENT, {})

    expected = everything(many_int32=[1, 2])
    expected.child.a_string = "x"
    expected.child.a_bool = True
    expected.child.child.colours.extend([1, 2])
    expected.time.FromJsonString("2026-01-01T00:00:00Z")
    expected.child.wrapped.value = 5
    assert message == expected
    for wrong in (b"child=1", b"counts.a=1", b"children.aBool=true", b"child.aString=y"):
        with pytest.raises(errors.Invalid) as caught:
            Binder(Route, JsonReaders()).bind(["v1", "everything", "x"], wrong, bodies.ABSENT, {})
        assert caught.value.reason == "UNKNOWN_FIELD"
