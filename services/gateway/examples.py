"""What a reader of the API is shown: for each call, something to ask, and of the shapes that matter something that is answered.

A test reads each of them as the gateway does. Examples of failures are not here: the contract's comments have them.
"""

from collections.abc import Mapping
from typing import TypeAlias

Example: TypeAlias = dict[str, object]
GAME_ID = "0b2c8ac6-3a1e-4d0b-9a53-7f6f1f0c2d11"
PARAMETERS: Mapping[str, object] = {
    "game_id": GAME_ID,
    "scenario_id": "tutorial",
    "turn": 1,
    "branch_id": "main",
    "save_id": "before-the-door",
    "after": "8-3",
    "page_size": 20,
    "format": "MARKDOWN",
    "status": "ACTIVE",
}
"""Of what stands in paths and queries, by the field's name."""
_COMMAND: Example = {"verb": "SEARCH", "object": "coat"}
BODIES: Mapping[str, Example] = {
    "CreateGuest": {"displayName": "Mina", "locale": "en"},
    "Register": {"login": "mina", "password": "a long way up the mountain", "displayName": "Mina"},
    "SignIn": {"login": "mina", "password": "a long way up the mountain"},
    "UpdatePlayer": {"displayName": "Mina", "locale": "ko"},
    "CreateGame": {"scenarioId": "tutorial", "locale": "en"},
    "TakeTurn": {"text": "search the coat", "expectedTurn": 0},
    "StreamTurn": {"command": _COMMAND, "expectedTurn": 0},
    "StopTurn": {},
    "Retell": {},
    "Hint": {"level": 1},
    "Undo": {"toTurn": 0, "expectedTurn": 1},
    "CreateBranch": {"fromTurn": 0, "title": "if I had not opened it"},
    "ActivateBranch": {"expectedTurn": 1},
    "CreateSave": {"title": "before the door"},
    "LoadSave": {"expectedTurn": 1},
    "CreateChronicle": {},
    "CreateReport": {"turn": 1, "reason": "WRONG", "note": "the door was locked"},
}
"""Of what is asked, by the call's name: the whole body."""
_PLAYER: Example = {
    "playerId": "5f6cf1f2-8d5e-4a33-bb0c-1f53d2a6f2be",
    "displayName": "Mina",
    "locale": "en",
    "guest": True,
    "createTime": "2026-11-26T12:00:00Z",
}
ANSWERS: Mapping[str, Example] = {
    "maratang.persistence.v1.Player": _PLAYER,
    "maratang.game.v1.SignedIn": {
        "player": _PLAYER,
        "accessToken": "17.pQ0mJ3l0b2Zo7Yx5gq9cN1vB8sT4wK6rD2fH",
        "expireTime": "2026-12-26T12:00:00Z",
    },
    "maratang.persistence.v1.ListScenariosResponse": {
        "scenarios": [
            {
                "scenarioId": "tutorial",
                "version": "1.0",
                "packHash": "6d1c…",
                "rating": "12",
                "words": [{"locale": "en", "title": "The Neighbour", "summary": "One evening, one door, one neighbour."}],
                "days": 1,
                "slotsPerDay": 16,
                "endings": 3,
            }
        ],
        "nextPageToken": "",
    },
    "maratang.game.v1.ListActionsResponse": {"turn": 0, "actions": [{"label": "Search the coat", "command": {**_COMMAND, "clues": []}}]},
    "maratang.game.v1.Branch": {
        "branchId": "main",
        "title": "",
        "fromTurn": 0,
        "turn": 12,
        "active": True,
        "createTime": "2026-11-26T12:00:00Z",
    },
    "maratang.game.v1.Save": {"saveId": "before-the-door", "title": "before the door", "turn": 7, "createTime": "2026-11-26T12:00:00Z"},
}
"""Of what is answered, by the message's full name."""
STREAMED = """\
id: 8-1
event: accepted
data: {"turn":8}

id: 8-2
event: resolved
data: {"events":[],"lines":[{"text":"You search the coat."}],"view":{}}

id: 8-3
event: delta
data: {"k":3,"text":"The pocket is "}

: ping

id: 8-4
event: delta
data: {"k":4,"text":"not empty."}

id: 8-5
event: done
data: {"turn":8,"telling":{"text":"The pocket is not empty."}}

"""
"""A turn's stream, its longest shapes shortened."""
