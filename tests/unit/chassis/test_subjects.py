"""What of a request is a fact for its log line."""

import pytest
from google.protobuf.message import Message
from maratang.game.v1 import game_service_pb2 as pb
from maratang.game.v1 import player_service_pb2

from services.chassis import subjects


@pytest.mark.parametrize(
    ("request_", "facts"),
    [
        (pb.GetTurnRequest(game_id="5f3f46a4-3a2e", turn=3), {"game": "5f3f46a4-3a2e", "turn": 3}),
        (pb.UndoRequest(game_id="g", to_turn=2, expected_turn=4), {"game": "g", "turn": 2}),
        (pb.TakeTurnRequest(game_id="g", text="my password is hunter2"), {"game": "g"}),
        (pb.GetGameRequest(game_id="what I wrote in the wrong place"), {"game": "malformed"}),
        (pb.GetGameRequest(), {}),
        (player_service_pb2.SignInRequest(login="mina", password="hunter2"), {}),
    ],
)
def test_a_call_is_about_a_game_and_a_turn_and_no_words(request_: Message, facts: dict[str, str | int]):
    assert subjects.of(request_) == facts
