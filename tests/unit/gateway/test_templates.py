"""Path templates: what they parse to, and which path finds which."""

import pytest

from services.gateway.templates import Paths, Variable, parse


@pytest.mark.parametrize(
    ("text", "segments", "variables", "verb"),
    [
        ("/v1/games", ("v1", "games"), (), ""),
        ("/v1/games/{game_id}", ("v1", "games", "*"), (Variable(field="game_id", start=2, end=3),), ""),
        ("/v1/games/{game_id}:hint", ("v1", "games", "*"), (Variable(field="game_id", start=2, end=3),), "hint"),
        ("/v1/players:guest", ("v1", "players"), (), "guest"),
        (
            "/v1/games/{game_id}/turns/{turn}:watch",
            ("v1", "games", "*", "turns", "*"),
            (Variable(field="game_id", start=2, end=3), Variable(field="turn", start=4, end=5)),
            "watch",
        ),
        ("/v1/{name=games/*/turns/*}", ("v1", "games", "*", "turns", "*"), (Variable(field="name", start=1, end=5),), ""),
        ("/v1/{a.b=files/**}:open", ("v1", "files", "**"), (Variable(field="a.b", start=1, end=None),), "open"),
    ],
)
def test_a_template_is_its_segments_variables_and_verb(text, segments, variables, verb):
    template = parse(text)

    assert (template.segments, template.variables, template.verb) == (segments, variables, verb)


@pytest.mark.parametrize("text", ["", "v1/games", "/", "/v1//games", "/v1/", "/v1/{game_id", "/v1/{}", "/v1/x{y}", "/v1/**/games"])
def test_what_is_no_template_is_refused(text):
    with pytest.raises(ValueError, match=r"malformed|slash"):
        parse(text)


@pytest.fixture
def paths() -> Paths[str]:
    made: Paths[str] = Paths()
    for method, text in [
        ("GET", "/v1/games/{game_id}"),
        ("DELETE", "/v1/games/{game_id}"),
        ("POST", "/v1/games/{game_id}:hint"),
        ("GET", "/v1/games/{game_id}/turns/{turn}"),
        ("GET", "/v1/games/{game_id}/turns/{turn}:watch"),
        ("GET", "/v1/players/me"),
        ("GET", "/v1/players/me:export"),
        ("GET", "/v1/players/{player_id}"),
        ("GET", "/v1/players/{player_id}/friends"),
        ("GET", "/files/{path=**}"),
    ]:
        made.add(parse(text), method, f"{method} {text}")
    return made


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/games/7", ["GET /v1/games/{game_id}", "DELETE /v1/games/{game_id}"]),
        ("/v1/games/7:hint", ["POST /v1/games/{game_id}:hint"]),
        ("/v1/games/7:nothing", ["GET /v1/games/{game_id}", "DELETE /v1/games/{game_id}"]),
        ("/v1/games/7%3Ahint", ["GET /v1/games/{game_id}", "DELETE /v1/games/{game_id}"]),
        ("/v1/games/7:watch", ["GET /v1/games/{game_id}", "DELETE /v1/games/{game_id}"]),
        ("/v1/games/7/turns/3:watch", ["GET /v1/games/{game_id}/turns/{turn}:watch"]),
        ("/v1/players/me", ["GET /v1/players/me"]),
        ("/v1/players/you", ["GET /v1/players/{player_id}"]),
        ("/v1/players/me/friends", ["GET /v1/players/{player_id}/friends"]),
        ("/files/a/b%2Fc", ["GET /files/{path=**}"]),
    ],
)
def test_a_path_finds_the_nearest_template(paths, path, methods):
    found = paths.find(path)

    assert found is not None
    assert list(found.methods.values()) == methods


@pytest.mark.parametrize(
    "path", ["", "/", "v1/games/7", "/v1/games", "/v1/games/", "/v1/games/7/", "/v1//games/7", "/v1/games/7/turns", "/V1/games/7"]
)
def test_what_no_template_fits_is_not_found(paths, path):
    assert paths.find(path) is None


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ("/v1/games/{game_id}", "/v1/games/%EA%B0%80%2F%3A%20+", ("가/: +",)),
        ("/v1/{name=games/*}", "/v1/games/a%2Fb%20c", ("games/a%2Fb c",)),
        ("/files/{path=**}", "/files/a/b", ("a/b",)),
    ],
)
def test_values_are_decoded(text, path, values):
    assert parse(text).values(path[1:].split("/")) == values


def test_the_same_path_and_method_twice_is_a_mistake(paths):
    with pytest.raises(ValueError, match="twice"):
        paths.add(parse("/v1/games/{id}"), "GET", "again")
