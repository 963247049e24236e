"""How games come into Redis, agree with PostgreSQL, and leave: each one script, as in `redis_games`."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from services.game import shown
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, store_full, translated
from services.game.adapters.redis_games import NO_NEW_GAMES_PERCENT, STREAM_KEPT_SECONDS, Answer
from services.game.adapters.scripts import script
from services.game.stored import LiveGame, Row, game_fields, row_bytes

_ANY_TIME = 1 << 53
"""After whenever a game was played, in milliseconds."""


class Restored(StrEnum):
    """What became of a game that was to be put into Redis."""

    OK = "OK"
    EXISTS = "EXISTS"
    """It is there, and has all that PostgreSQL has."""
    BEHIND = "BEHIND"
    """It is there, and PostgreSQL has rows it does not know of."""


class RedisKeeping:
    """Every method may raise Unavailable(STORE_UNAVAILABLE or STORE_FULL)."""

    def __init__(self, client: Redis) -> None:
        self._restore = script(client, "restore")
        self._ack = script(client, "ack")
        self._evict = script(client, "evict")
        self._seen = script(client, "seen")
        self._quarantine = script(client, "quarantine")
        self._requeue = script(client, "requeue")
        self._refill = script(client, "refill")

    async def create(self, game: LiveGame, rows: Sequence[Row]) -> bool:
        """Puts a new game into Redis, with its log, of which PostgreSQL has nothing; False: it is there.

        Raises Unavailable(STORE_FULL) early, so that games under way have room.
        """
        return await self._restored(game, "new", [], rows) is Restored.OK

    async def restore(
        self, game: LiveGame, *, known_keys: Sequence[tuple[str, str, int]], untold: Sequence[Row], over: tuple[int, int] | None = None
    ) -> Restored:
        """Puts a game that was loaded from PostgreSQL into Redis, with those of its rows that are still to be told.

        `known_keys`: idempotency keys, with their action's hash and the number they came to; the oldest first.
        `over`: the (epoch, number) it may be put over, if that is what is there.
        """
        return await self._restored(game, f"{over[0]}:{over[1]}" if over else "", known_keys, untold)

    async def _restored(self, game: LiveGame, how: str, known_keys: Sequence[tuple[str, str, int]], rows: Sequence[Row]) -> Restored:
        game_id, shard = game.game_id, keys.shard_of(game.game_id)
        fields = [part for pair in game_fields(game).items() for part in pair]
        key_parts = [part for known in known_keys for part in known]
        row_parts: list[str | bytes] = []
        for row in rows:
            row_parts += [str(row.number), str(row.revision), row_bytes(row), *(data for _, data in shown.beginning(row))]
        untold = [row.number for row in rows if row.telling is None]
        with translated():
            got: Answer = await self._restore(
                keys=[
                    keys.game(game_id),
                    keys.rows(game_id),
                    keys.idempotency(game_id),
                    keys.dirty(shard),
                    keys.tellings(shard),
                    keys.untold(game_id),
                    keys.pending_action(game_id),
                    keys.pending(shard),
                    keys.live(shard),
                    keys.quarantine(shard),
                    *(key for number in untold for key in (keys.telling_job(game_id, number), keys.stream(game_id, number))),
                ],
                args=[
                    game_id, game.epoch, game.number, how, NO_NEW_GAMES_PERCENT,
                    len(fields), *fields, len(key_parts), *key_parts, len(row_parts), *row_parts,
                ],
            )  # fmt: skip
        if got[0] == b"FULL":
            raise store_full()
        return Restored(got[0].decode())

    async def ack(self, game_id: str, epoch: int, revisions: Mapping[int, int]) -> None:
        """Forgets the revisions of rows (number → revision) that PostgreSQL has."""
        with translated():
            await self._ack(
                keys=[
                    keys.game(game_id),
                    keys.rows(game_id),
                    keys.dirty(keys.shard_of(game_id)),
                    keys.untold(game_id),
                    *(keys.stream(game_id, number) for number in revisions),
                ],
                args=[game_id, epoch, STREAM_KEPT_SECONDS, *(part for pair in revisions.items() for part in pair)],
            )

    async def seen(self, game: LiveGame, *, doubt: bool) -> bool:
        """Keeps that the game as it is here was compared with PostgreSQL, or, in doubt, could not be. False: it has gone on."""
        with translated():
            got: Answer = await self._seen(keys=[keys.game(game.game_id)], args=[game.epoch, game.number, int(doubt)])
        return got[0] == b"OK"

    async def evict(self, game_id: str, number: int, *, played_before_ms: int = _ANY_TIME) -> str:
        """Lets a game go: OK, or why not: ABSENT, DECIDING, DIRTY, TELLING or PLAYED."""
        shard = keys.shard_of(game_id)
        with translated():
            got: Answer = await self._evict(
                keys=[
                    keys.game(game_id),
                    keys.pending_action(game_id),
                    keys.idempotency(game_id),
                    keys.rows(game_id),
                    keys.untold(game_id),
                    keys.live(shard),
                    keys.quarantine(shard),
                    keys.stream(game_id, number),
                    keys.stream(game_id, number + 1),
                ],
                args=[game_id, number, played_before_ms, STREAM_KEPT_SECONDS],
            )
        return got[0].decode()

    async def quarantine(self, game_id: str, epoch: int, outcome: str) -> None:
        """Sets a game aside whose log PostgreSQL can't take."""
        shard = keys.shard_of(game_id)
        with translated():
            await self._quarantine(keys=[keys.game(game_id), keys.dirty(shard), keys.quarantine(shard)], args=[game_id, epoch, outcome])

    async def refill(self, game_id: str, epoch: int, rows: Sequence[Row], *, has: int) -> bool:
        """Has rows written once more that PostgreSQL lost; it still has those up to `has`. False: the game was loaded meanwhile."""
        with translated():
            got: Answer = await self._refill(
                keys=[keys.game(game_id), keys.rows(game_id), keys.untold(game_id), keys.dirty(keys.shard_of(game_id))],
                args=[game_id, epoch, has, *(part for row in rows for part in (row.number, row.revision, row_bytes(row)))],
            )
        return got[0] == b"OK"

    async def requeue(self, game_id: str) -> bool:
        """Puts a game that was set aside back among those to be written; False: it is not here."""
        shard = keys.shard_of(game_id)
        with translated():
            got: Answer = await self._requeue(
                keys=[keys.game(game_id), keys.dirty(shard), keys.quarantine(shard), keys.rows(game_id)], args=[game_id]
            )
        return got[0] == b"OK"
