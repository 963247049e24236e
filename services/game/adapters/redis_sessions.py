"""Signed-in sessions in Redis: those who are signed in play on while PostgreSQL is away."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, translated
from services.game.adapters.scripts import script

_ENDED_SECONDS = 120
"""For how long it is known that a session was ended: longer than a call may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in, until when, and when PostgreSQL was last asked."""

    player_id: str
    locale: str
    expire_time: datetime
    checked_time: datetime
    banned: bool = False
    """Whether the player is banned: then it is good for nothing."""


class RedisSessions:
    """Every method may raise Unavailable(STORE_UNAVAILABLE)."""

    def __init__(self, client: Redis) -> None:
        self._redis = client
        self._ban = script(client, "ban")

    async def put(self, shard: int, token_hash: bytes, session: Session) -> None:
        """Keeps a session until it expires."""
        with translated():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hset(
                    keys.session(shard, token_hash),
                    mapping={
                        "player": session.player_id,
                        "locale": session.locale,
                        "expire": str(int(session.expire_time.timestamp())),
                        "checked": str(int(session.checked_time.timestamp())),
                        "banned": str(int(session.banned)),
                    },
                )
                pipe.expireat(keys.session(shard, token_hash), session.expire_time)
                pipe.sadd(keys.sessions_of(session.player_id), token_hash.hex())
                await pipe.execute()

    async def find(self, shard: int, token_hash: bytes) -> Session | None:
        """The session of a token's hash; None: it is not here. Raises Unauthenticated(INVALID_TOKEN) for one that was ended."""
        with translated():
            fields = cast("dict[bytes, bytes]", await self._redis.hgetall(keys.session(shard, token_hash)))
        if not fields:
            return None
        if b"ended" in fields:
            raise errors.Unauthenticated("INVALID_TOKEN", "the token was revoked: sign in again")
        return Session(
            player_id=fields[b"player"].decode(),
            locale=fields[b"locale"].decode(),
            expire_time=datetime.fromtimestamp(int(fields[b"expire"]), UTC),
            checked_time=datetime.fromtimestamp(int(fields[b"checked"]), UTC),
            banned=fields.get(b"banned") == b"1",
        )

    async def ban(self, player_id: str, *, banned: bool) -> None:
        """Has all sessions of a player know whether they are banned."""
        with translated():
            hashes = cast("set[bytes]", await self._redis.smembers(keys.sessions_of(player_id)))
            if hashes:
                shard = keys.shard_of(player_id)
                await self._ban(keys=[keys.session(shard, bytes.fromhex(one.decode())) for one in hashes], args=[int(banned)])

    async def end(self, shard: int, player_id: str, token_hash: bytes) -> None:
        """Ends a session. Who read it from PostgreSQL just before, and puts it here only now, brings it back no more."""
        with translated():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.delete(keys.session(shard, token_hash))
                pipe.hset(keys.session(shard, token_hash), "ended", "1")
                pipe.expire(keys.session(shard, token_hash), _ENDED_SECONDS)
                pipe.srem(keys.sessions_of(player_id), token_hash.hex())
                await pipe.execute()
