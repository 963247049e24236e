"""A whole text from the model at once, held against the same checks as a telling that streams."""

from collections.abc import Iterable
from contextlib import aclosing
from datetime import timedelta

from services.game.adapters.model import Model, Worded
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.stored import LiveGame
from services.game.telling.answers import Line, Telling, ToldBy
from services.game.telling.checks import Watch
from services.game.telling.prompt import Prompt

LIMIT = timedelta(seconds=30)
"""How long the model may take over one text."""
_TRIES = 2


class Wording:
    """Words what has happened long since."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def word(self, game: LiveGame, number: int, asked: Prompt, pack: Pack, state: State, told: Iterable[str]) -> Telling | None:
        """The model's text; None: what it wrote failed a check, twice. `told`: texts that the player has, whose names are no secret.

        Raises what Model raises.
        """
        shown = list(told)
        for _ in range(_TRIES):
            watch, worded, text = Watch(pack, state, game.locale, told=shown), Worded(told_by=ToldBy.BASE, model=""), ""
            words = self._model.stream(asked, owner=game.owner, game_id=game.game_id, number=number, limit=LIMIT, calls=[], waits=False)
            async with aclosing(words) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Worded):
                        worded = piece
                    else:
                        text += watch.feed(piece)
                    if watch.over:
                        break
            text += watch.end()
            if text and all(check.passed for check in watch.checks()):
                lines = (Line(text=text, speaker=asked.speaker),)
                return Telling(text=text, lines=lines, told_by=worded.told_by, model=worded.model, checks=watch.checks())
        return None
