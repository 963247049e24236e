"""Telling a turn anew: only its text, beside the one it was told with. What happened stays, and so does every telling."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.archived_writings import ArchivedWritings, WritingKind
from services.game.adapters.redis_paces import RedisPaces
from services.game.loading import Found, Loading
from services.game.path import path_to, state_after
from services.game.refusals import no_such_turn, too_fast
from services.game.rules import codec
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.shelf import Shelf
from services.game.stored import LiveGame, Plain, Row
from services.game.sync import Sync
from services.game.telling.plain import to_plain
from services.game.telling.prompt import Prompt, prompt
from services.game.telling.template import template
from services.game.wording import Wording
from services.game.written import written

TELLINGS_MOST = 10
"""How many tellings of a turn are kept, its first among them."""
_TEMPERATURE = 0.8
"""Warmer than a first telling: who asks again wants another text."""
_KEY = "key"


class Retelling:
    """Tells turns anew, and knows all their tellings."""

    def __init__(self, loading: Loading, shelf: Shelf, sync: Sync, writings: ArchivedWritings, wording: Wording, paces: RedisPaces) -> None:
        self._loading = loading
        self._shelf = shelf
        self._sync = sync
        self._writings = writings
        self._wording = wording
        self._paces = paces

    async def retell(self, owner: str, game_id: str, number: int, key: str) -> Row:
        """The turn with another telling, which is kept beside those before; the same key again is the same telling.

        Raises NotFound(GAME_NOT_FOUND, TURN_NOT_FOUND), Conflict(GAME_BUSY), Exhausted(TOO_MANY_KEPT, TURN_RATE_LIMITED), Unavailable,
        and what the model fails with.
        """
        game = await self._loading.game(game_id, owner)
        row = await self._told(game, number)
        await written(game, number, self._loading, self._sync)
        before = [one.body for one in await self._writings.of_row(game_id, WritingKind.TELLING, number)]
        if known := next((body for body in before if key and body.get(_KEY) == key), None):
            return row.told(_telling(known))
        if len(before) + 1 >= TELLINGS_MOST:
            about = {"most": str(TELLINGS_MOST)}
            raise errors.Exhausted("TOO_MANY_KEPT", f"a turn has {TELLINGS_MOST} tellings at most", metadata=about)
        if wait := await self._paces.wait(keys.rate(owner), f"{game_id}:retell:{number}:{key or secrets.token_hex(8)}"):
            raise too_fast(game_id, wait)
        body = {**await self._other(game, row), _KEY: key}
        place = len(before)
        while (await self._writings.keep(game_id, WritingKind.TELLING, number, place, body)).body != body:
            place += 1  # another one was kept there meanwhile
        return row.told(_telling(body))

    async def tellings(self, owner: str, game_id: str, number: int) -> list[Plain]:
        """All tellings of a turn, the newest first. Raises NotFound(GAME_NOT_FOUND, TURN_NOT_FOUND), Conflict(GAME_BUSY), Unavailable."""
        row = await self._told(await self._loading.game(game_id, owner), number)
        further = [_telling(one.body) for one in await self._writings.of_row(game_id, WritingKind.TELLING, number)]
        return [*further[::-1], row.telling or {}]

    async def retold(self, game_id: str, rows: Iterable[Found]) -> list[Found]:
        """The rows with their newest tellings; with their first ones while PostgreSQL is away."""
        rows = list(rows)
        try:
            newest = await self._writings.newest(game_id, WritingKind.TELLING)
        except (errors.Unavailable, errors.OutOfTime):
            return rows
        return [
            replace(one, row=one.row.told(_telling(newest[one.row.number]))) if one.row.telling and one.row.number in newest else one
            for one in rows
        ]

    async def _told(self, game: LiveGame, number: int) -> Row:
        if not 1 <= number <= game.number:
            raise no_such_turn(game.game_id, number)
        row = (await self._loading.row(game.game_id, number)).row
        if "jump" in row.record:
            raise no_such_turn(game.game_id, number)
        if row.telling is None:
            about = {"gameId": game.game_id}
            raise errors.Conflict("GAME_BUSY", "the turn is still being told", metadata=about, retry_after=timedelta(seconds=1))
        return row

    async def _other(self, game: LiveGame, row: Row) -> Plain:
        pack = await self._shelf.pack(game.pack_hash)
        path = path_to(await self._loading.log(game), row.number)
        before, after = (state_after(pack, game.seed, part) for part in (path[:-1], path))
        asked = replace(_prompt(pack, before, path, after, game.locale), temperature=_TEMPERATURE)
        told = [line["text"] for line in row.record["lines"]]
        telling = await self._wording.word(game, row.number, asked, pack, after, told)
        if telling is None:
            raise errors.Unavailable("SERVICE_UNAVAILABLE", "the model found no other words this time", retry_after=timedelta(seconds=2))
        return to_plain(telling)


def _prompt(pack: Pack, before: State, path: Sequence[Row], after: State, locale: str) -> Prompt:
    row = path[-1]
    command = codec.command_from_plain(row.record["command"])
    events = [codec.event_from_plain(event) for event in row.record["events"]]
    recent = [(one.telling or {}).get("text", "") for one in path[-2:-1]]
    return prompt(pack, command, row.text, template(pack, before, events, after, locale), after, recent, locale)


def _telling(body: Plain) -> Plain:
    return {name: value for name, value in body.items() if name != _KEY}
