"""Live games in Redis: every change is one script, whose promise stands at the top of its file under scripts/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from services.game import shown
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, translated
from services.game.adapters.scripts import script
from services.game.stored import Backlog, Row, game_as_kept, row_as_kept, row_bytes

KEYS_KEPT = 32
"""How many idempotency keys of a game Redis remembers; PostgreSQL remembers them all."""
STREAM_KEPT_SECONDS = 3600
"""How long what was shown of a turn can be resumed after PostgreSQL has its telling."""
ATTEMPT_EVENTS_KEPT = 32
"""How much is kept of what was answered without spending a turn, until one is spent."""
NO_NEW_GAMES_PERCENT = 60
HALF_RATE_PERCENT = 75
NO_NEW_TURNS_PERCENT = 85
"""How full Redis may be before it takes no new games, turns at half the rate, and no new turns. What is under way goes on."""

Answer = list[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often: so many at once, and then one each `interval`. None at once means as often as one likes."""

    burst: int = 0
    interval: timedelta = timedelta(0)

    @property
    def interval_ms(self) -> int:
        """The interval in milliseconds."""
        return self.interval // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The right to decide an action, and all that is needed for it. `k0` is the place of its `accepted` event."""

    fence: int
    k0: int
    owner: str
    pack_hash: str
    seed: str
    locale: str
    depth: int
    branch_id: str
    number: int
    state: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A turn that is a fact, and the right to tell it. `k` is the place of its `resolved` event."""

    fence: int
    k: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A telling that is a fact. `k` is the place of its last event, `backlog` what is to be written of its game by now; None: too much."""

    k: int
    backlog: Backlog | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A pending action or telling job whose worker died. `fields` are the hash's."""

    fence: int
    attempts: int
    fields: Mapping[bytes, bytes]


class RedisGames:
    """The scripts. Every method may raise Unavailable(STORE_UNAVAILABLE or STORE_FULL)."""

    def __init__(self, client: Redis, *, lease_ms: int, rate: Rate | None = None) -> None:
        self._lease = lease_ms
        self._rate = rate or Rate()
        self._begin = script(client, "begin")
        self._commit = script(client, "commit")
        self._abort = script(client, "abort")
        self._tell = script(client, "tell")
        self._finish = script(client, "finish")
        self._renew = script(client, "renew")
        self._takeover = script(client, "takeover")
        self._stop = script(client, "stop")

    async def begin(
        self, game_id: str, owner: str, key: str, action_hash: str, action: bytes, expected: int, nonce: str
    ) -> Granted | Answer:
        """Asks for the right to decide an action: Granted, or the script's other answers as they are."""
        shard = keys.shard_of(game_id)
        with translated():
            answer: Answer = await self._begin(
                keys=[
                    keys.game(game_id),
                    keys.pending_action(game_id),
                    keys.idempotency(game_id),
                    keys.pending(shard),
                    keys.stream(game_id, expected + 1),
                    keys.live(shard),
                ],
                args=[
                    game_id, owner, key, action_hash, action, expected, self._lease, nonce, shown.accepted_data(expected + 1),
                    self._rate.interval_ms, self._rate.burst, HALF_RATE_PERCENT, NO_NEW_TURNS_PERCENT,
                ],
            )  # fmt: skip
        if answer[0] != b"GRANTED":
            return answer
        return Granted(
            fence=int(answer[1]),
            k0=int(answer[2]),
            owner=owner,
            pack_hash=answer[3].decode(),
            seed=answer[4].decode(),
            locale=answer[5].decode(),
            depth=int(answer[6]),
            branch_id=answer[7].decode(),
            number=int(answer[8]),
            state=answer[9],
        )

    async def commit(
        self, row: Row, *, fence: int, state: bytes, status: str, ending: str, nonce: str, prompt: bytes, resolved: bytes
    ) -> Committed | str:
        """Makes a decided turn a fact: Committed, or why not: DONE, FENCED, CONFLICT or ABSENT."""
        game_id, shard = row.game_id, keys.shard_of(row.game_id)
        with translated():
            answer: Answer = await self._commit(
                keys=[
                    keys.game(game_id),
                    keys.pending_action(game_id),
                    keys.idempotency(game_id),
                    keys.pending(shard),
                    keys.rows(game_id),
                    keys.dirty(shard),
                    keys.telling_job(game_id, row.number),
                    keys.tellings(shard),
                    keys.stream(game_id, row.number),
                ],
                args=[
                    game_id, fence, row.key, row.action_hash, row.number, row_bytes(row), state, row.state_hash, status, ending,
                    row.depth, self._lease, nonce, prompt, resolved, row.created_ms, KEYS_KEPT,
                ],
            )  # fmt: skip
        if answer[0] != b"OK":
            return answer[0].decode()
        return Committed(fence=int(answer[1]), k=int(answer[2]))

    async def abort(
        self,
        game_id: str,
        number: int,
        *,
        fence: int,
        key: str,
        action_hash: str,
        events: Sequence[tuple[str, bytes]],
        keep: bool = True,
    ) -> str:
        """Answers an action without spending a turn: OK, or why not: DONE, FENCED or ABSENT. `number` is the one it would have had.

        `keep`: the same key leads to these events again; else it asks anew.
        """
        with translated():
            got: Answer = await self._abort(
                keys=[
                    keys.game(game_id),
                    keys.pending_action(game_id),
                    keys.idempotency(game_id),
                    keys.pending(keys.shard_of(game_id)),
                    keys.stream(game_id, number),
                ],
                args=[
                    game_id, fence, key, action_hash, number, KEYS_KEPT, int(keep), ATTEMPT_EVENTS_KEPT,
                    *(part for event in events for part in event),
                ],
            )  # fmt: skip
        return got[0].decode()

    async def tell(self, game_id: str, number: int, *, fence: int, k: int, event: str, data: bytes) -> str:
        """Appends an event to a turn's stream: OK, DUP, GAP, FENCED or STOPPED."""
        with translated():
            got: Answer = await self._tell(
                keys=[
                    keys.telling_job(game_id, number),
                    keys.tellings(keys.shard_of(game_id)),
                    keys.stream(game_id, number),
                    keys.rows(game_id),
                    keys.untold(game_id),
                ],
                args=[f"{game_id}:{number}", number, fence, k, event, data, self._lease],
            )
        return got[0].decode()

    async def finish(self, row: Row, *, fence: int, events: Sequence[tuple[str, bytes]]) -> Finished | str:
        """Keeps a row as it was told, and shows the last of it; or why not: DONE, FENCED or STOPPED.

        The last of the events is `told`: its data is the row.
        """
        game_id, number = row.game_id, row.number
        shard = keys.shard_of(game_id)
        with translated():
            got: list[Any] = await self._finish(  # Any: bytes, and lists of them
                keys=[
                    keys.telling_job(game_id, number),
                    keys.tellings(shard),
                    keys.stream(game_id, number),
                    keys.rows(game_id),
                    keys.dirty(shard),
                    keys.untold(game_id),
                    keys.game(game_id),
                ],
                args=[game_id, number, fence, *(part for event in events for part in event)],
            )
        if got[0] != b"OK":
            return cast("bytes", got[0]).decode()
        if len(got) == 2:
            return Finished(k=int(got[1]), backlog=None)
        _, k, server, game, others = got
        rows = sorted((row, *map(row_as_kept, others)), key=lambda one: one.number)
        return Finished(k=int(k), backlog=(game_as_kept(game_id, server, game), rows))

    async def renew_action(self, game_id: str, fence: int) -> bool:
        """Extends the lease of a pending action; False: it is another's now."""
        return await self._renewed(keys.pending_action(game_id), keys.pending(keys.shard_of(game_id)), game_id, fence)

    async def renew_telling(self, game_id: str, number: int, fence: int) -> bool:
        """Extends the lease of a telling job; False: it is another's now."""
        return await self._renewed(keys.telling_job(game_id, number), keys.tellings(keys.shard_of(game_id)), f"{game_id}:{number}", fence)

    async def _renewed(self, holder: str, zset: str, member: str, fence: int) -> bool:
        with translated():
            got: Answer = await self._renew(keys=[holder, zset], args=[member, fence, self._lease])
        return got[0] == b"OK"

    async def stop(self, game_id: str, number: int) -> None:
        """Has the telling of a row stop at its next piece."""
        with translated():
            await self._stop(keys=[keys.telling_job(game_id, number)], args=[])

    async def take_over_action(self, game_id: str) -> TakenOver | str:
        """Takes over a pending action whose lease has run out; or why not: HELD, GONE or UNSEEN."""
        return await self._taken(keys.pending_action(game_id), keys.pending(keys.shard_of(game_id)), game_id, game_id, "")

    async def take_over_telling(self, game_id: str, number: int) -> TakenOver | str:
        """Takes over a telling job whose lease has run out; or why not: HELD, GONE or UNSEEN."""
        job, zset = keys.telling_job(game_id, number), keys.tellings(keys.shard_of(game_id))
        return await self._taken(job, zset, f"{game_id}:{number}", game_id, str(number))

    async def _taken(self, holder: str, zset: str, member: str, game_id: str, number: str) -> TakenOver | str:
        with translated():
            got: Answer = await self._takeover(
                keys=[holder, zset, keys.game(game_id), keys.rows(game_id), keys.untold(game_id)], args=[member, self._lease, number]
            )
        if got[0] != b"TAKEN":
            return got[0].decode()
        return TakenOver(fence=int(got[1]), attempts=int(got[2]), fields=dict(zip(got[3::2], got[4::2], strict=True)))
