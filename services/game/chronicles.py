"""The chronicle of an ended game: written in the background, paragraph by paragraph, kept, and read while it is written."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters.archived_writings import ArchivedWritings, WritingKind
from services.game.loading import Loading
from services.game.path import path_to, state_after
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.shelf import Shelf
from services.game.stored import LiveGame, Row
from services.game.sync import Sync
from services.game.telling.answers import ToldBy
from services.game.telling.chronicle import Passage, asked_for, passages, title_of
from services.game.wording import Wording
from services.game.workers import Workers
from services.game.written import written

_LOOKED_EVERY_SECONDS = 0.25
_log = log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph that is written."""

    chapter: str
    text: str
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """A chronicle so far: the paragraphs up to the first that is still to be written."""

    game_id: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outline:
    """What is to be written, and what it is made of."""

    game: LiveGame
    pack: Pack
    path: tuple[Row, ...]
    passages: tuple[Passage, ...]

    @property
    def number(self) -> int:
        """The number of the row that ended the game."""
        return self.path[-1].number


class Chronicles:
    """Writes chronicles, and reads them."""

    def __init__(self, loading: Loading, shelf: Shelf, sync: Sync, writings: ArchivedWritings, wording: Wording, workers: Workers) -> None:
        self._loading = loading
        self._shelf = shelf
        self._sync = sync
        self._writings = writings
        self._wording = wording
        self._workers = workers
        self._at_work: set[tuple[str, int]] = set()

    async def create(self, owner: str, game_id: str) -> Chronicle:
        """Has the chronicle of an ended game written, unless it is; what there is of it now. Asking again is asking once.

        Raises NotFound(GAME_NOT_FOUND), Conflict(GAME_NOT_ENDED), Unavailable.
        """
        outline = await self._outline(owner, game_id)
        await written(outline.game, outline.number, self._loading, self._sync)
        return await self._begun(outline)

    async def read(self, owner: str, game_id: str) -> Chronicle:
        """The chronicle so far. Raises NotFound(GAME_NOT_FOUND, CHRONICLE_NOT_FOUND), Conflict(GAME_NOT_ENDED), Unavailable."""
        found = await self._read(await self._outline(owner, game_id))
        if not found.paragraphs:
            raise errors.NotFound("CHRONICLE_NOT_FOUND", "nobody has had this game's story written yet", metadata={"gameId": game_id})
        return found

    async def watch(self, owner: str, game_id: str) -> AsyncIterator[Chronicle]:
        """The chronicle, each time there is more of it, until it is complete; whoever was writing it may be gone: then it is gone on with.

        Raises as `create`.
        """
        outline = await self._outline(owner, game_id)
        await written(outline.game, outline.number, self._loading, self._sync)
        found = await self._begun(outline)
        yield found
        while not found.is_complete:
            await asyncio.sleep(_LOOKED_EVERY_SECONDS)
            before, found = found, await self._begun(outline)
            if len(found.paragraphs) > len(before.paragraphs):
                yield found

    async def _outline(self, owner: str, game_id: str) -> _Outline:
        game = await self._loading.game(game_id, owner)
        if game.status != "ENDED":
            about = {"gameId": game_id}
            raise errors.Conflict("GAME_NOT_ENDED", "the game goes on: its story is written when it has ended", metadata=about)
        pack = await self._shelf.pack(game.pack_hash)
        path = [row for row in path_to(await self._loading.log(game), game.number) if "jump" not in row.record]
        return _Outline(game=game, pack=pack, path=tuple(path), passages=passages(pack, path, game.locale))

    async def _begun(self, outline: _Outline) -> Chronicle:
        """What there is of it; the rest is written from now on, if this process does not write it yet."""
        about, found = (outline.game.game_id, outline.number), await self._read(outline)
        if not found.is_complete and about not in self._at_work:
            self._at_work.add(about)
            self._workers.spawn(self._write(outline), f"chronicle {outline.game.game_id}:{outline.number}")
        return found

    async def _read(self, outline: _Outline) -> Chronicle:
        kept = await self._kept(outline)
        paragraphs = []
        for place, passage in enumerate(outline.passages):
            if place not in kept:
                break
            paragraphs.append(Paragraph(chapter=passage.chapter, text=kept[place], turns=passage.turns))
        return Chronicle(
            game_id=outline.game.game_id,
            title=title_of(outline.pack, outline.game.ending, outline.game.locale),
            paragraphs=tuple(paragraphs),
            is_complete=len(paragraphs) == len(outline.passages),
        )

    async def _kept(self, outline: _Outline) -> Mapping[int, str]:
        found = await self._writings.of_row(outline.game.game_id, WritingKind.CHRONICLE, outline.number)
        return {one.place: one.body["text"] for one in found}

    async def _write(self, outline: _Outline) -> None:
        game = outline.game
        try:
            after = state_after(outline.pack, game.seed, outline.path)
            places = {row.number: row.record["view"]["place"]["place_id"] for row in outline.path}
            kept = await self._kept(outline)
            for place, passage in enumerate(outline.passages):
                if place not in kept:
                    text, told_by = await self._worded(outline, passage, after, places[passage.turns[-1]])
                    body = {"text": text, "told_by": told_by.value}
                    await self._writings.keep(game.game_id, WritingKind.CHRONICLE, outline.number, place, body)
        finally:
            self._at_work.discard((game.game_id, outline.number))

    async def _worded(self, outline: _Outline, passage: Passage, after: State, place: str) -> tuple[str, ToldBy]:
        """The paragraph: by the model, else in the pack's own words."""
        game, asked = outline.game, asked_for(outline.pack, passage, place, outline.game.locale)
        try:
            telling = asked and await self._wording.word(game, passage.turns[-1], asked, outline.pack, after, passage.lines)
        except errors.Failure as failed:
            _log.info("the model did not tell a chronicle", game=game.game_id, reason=failed.reason)
            telling = None
        return (telling.text, telling.told_by) if telling else (passage.plain, ToldBy.TEMPLATE)
