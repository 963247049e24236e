"""A game that PostgreSQL has is there, whatever Redis loses in the midst of a call."""

from types import SimpleNamespace
from typing import Any

import pytest

from services.chassis import errors
from services.game.loading import Loading

pytestmark = pytest.mark.anyio
GAME, OWNER = "game", "mina"


class Emptied:
    """A Redis that is wiped again as soon as it has been given something."""

    async def game(self, _game_id: str) -> None:
        return None


async def restored(_loading: Loading, _game_id: str) -> Any:
    return SimpleNamespace(owner=OWNER)


@pytest.mark.parametrize("asks", ["player", "operator"])
async def test_a_game_that_went_as_soon_as_it_was_loaded_is_asked_for_again(asks: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Loading, "_restored", restored)
    emptied: Any = Emptied()
    loading = Loading(emptied, emptied, emptied)

    with pytest.raises(errors.Unavailable) as refused:
        await (loading.game(GAME, OWNER) if asks == "player" else loading.anyones(GAME))

    assert refused.value.reason == "STORE_UNAVAILABLE"
