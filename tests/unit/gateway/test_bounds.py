"""What the contract's comments say of what may be asked."""

import pytest
from maratang.game.v1 import game_pb2, game_service_pb2, player_service_pb2

from services.gateway import bounds

TEXT = player_service_pb2.SignInRequest.DESCRIPTOR.fields_by_name["login"]
NUMBER = game_service_pb2.HintRequest.DESCRIPTOR.fields_by_name["level"]
LIST = game_pb2.Command.DESCRIPTOR.fields_by_name["clues"]
ENUM = game_pb2.Command.DESCRIPTOR.fields_by_name["verb"]


@pytest.mark.parametrize(
    ("field", "said", "found"),
    [
        (TEXT, "What to call the guest; at most 40 characters; absent: no name.", {"maxLength": 40}),
        (TEXT, "The login; required; at most 64 characters.", {"maxLength": 64, "minLength": 1}),
        (TEXT, "What the player does; 1 to 500 characters.", {"minLength": 1, "maxLength": 500, "pattern": r"\S"}),
        (TEXT, '"ko" or "en"; absent: the player\'s.', {"enum": ["ko", "en", ""]}),
        (TEXT, '"ko" or "en".', {"enum": ["ko", "en"]}),
        (TEXT, "The game.", {}),
        (NUMBER, "How plainly, 1 to 3.", {"minimum": 1, "maximum": 3}),
        (NUMBER, "How many at most, 1 to 100; absent: 20.", {"minimum": 0, "maximum": 100}),
        (NUMBER, "The number the game must have; required.", {"minimum": 0}),
        (LIST, "The clues; at most 12, each of at most 64 characters.", {"items": {"maxLength": 64}, "maxItems": 12}),
        (ENUM, "What is done; required.", {}),
    ],
)
def test_a_fields_words_are_its_bounds(field, said: str, found: dict[str, object]):
    schema = {"items": {}} if field is LIST else {}

    assert bounds.bounded(field, schema, said) == found


def test_what_is_required_may_not_lack():
    assert bounds.required("The number the game must have; required.")
    assert not bounds.required("Not a requirement.")
    assert bounds.lackable("Absent: from the beginning.")
    assert not bounds.lackable("The game.")


def test_what_http_has_elsewhere_is_known_by_its_words():
    assert bounds.elsewhere("The id of the last event; HTTP: the header `Last-Event-ID`.")
    assert not bounds.elsewhere("The game.")


def test_what_can_be_changed_is_named():
    assert bounds.changeable("The new values; `displayName` and `locale` can be changed.") == ("displayName", "locale")
    assert bounds.changeable("The `new` values.") == ()
