"""The packs that games run on: compiled once, by content hash, from memory, Redis or persistence, in that order."""

import asyncio
from collections import OrderedDict
from time import monotonic
from typing import cast

import orjson

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.archive import Archive
from services.game.adapters.redis_connection import Redis, translated
from services.game.packs import compile_pack
from services.game.rules.pack import Pack
from services.game.stored import compress, decompress

_PACKS_IN_MEMORY = 64
_PUBLISHED_SECONDS = 2.0


class Shelf:
    """Packs are immutable, so what was read once stays true; what is published may change, and is asked again."""

    def __init__(self, client: Redis, archive: Archive) -> None:
        self._redis = client
        self._archive = archive
        self._packs: OrderedDict[str, Pack] = OrderedDict()
        self._published: dict[str, tuple[float, str]] = {}
        self._lock = asyncio.Lock()

    async def pack(self, pack_hash: str) -> Pack:
        """The pack of a content hash. Raises NotFound(PACK_NOT_FOUND), Unavailable."""
        found = self._packs.get(pack_hash)
        if found is not None:
            self._packs.move_to_end(pack_hash)
            return found
        async with self._lock:
            if pack_hash not in self._packs:
                files = await self._files(pack_hash)
                # Compiling takes a while, and turns of other games go on meanwhile.
                self._packs[pack_hash] = await asyncio.to_thread(compile_pack, files)
                while len(self._packs) > _PACKS_IN_MEMORY:
                    self._packs.popitem(last=False)
            return self._packs[pack_hash]

    async def published(self, scenario_id: str) -> str:
        """The hash of the pack that new games of a scenario are pinned to: PostgreSQL's word, or its last one while it is away.

        Raises NotFound(SCENARIO_NOT_FOUND), Unavailable.
        """
        known = self._published.get(scenario_id)
        if known is not None and monotonic() - known[0] < _PUBLISHED_SECONDS:
            return known[1]
        try:
            pack_hash = await self._archive.published_pack(scenario_id)
        except (errors.Unavailable, errors.OutOfTime):
            with translated():
                last = await self._redis.get(keys.published(scenario_id))
            if last is None:
                raise
            return cast("bytes", last).decode()
        with translated():
            await self._redis.set(keys.published(scenario_id), pack_hash)
        self._published[scenario_id] = (monotonic(), pack_hash)
        return pack_hash

    async def _files(self, pack_hash: str) -> dict[str, str]:
        with translated():
            kept = await self._redis.get(keys.pack(pack_hash))
        if kept is not None:
            files: dict[str, str] = orjson.loads(decompress(cast("bytes", kept)))
            return files
        files = await self._archive.pack_files(pack_hash)
        with translated():
            await self._redis.set(keys.pack(pack_hash), compress(orjson.dumps(files)))
        return files
