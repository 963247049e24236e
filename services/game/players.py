"""Who plays: guests, their tokens, and who a token belongs to."""

import asyncio
import hashlib
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from services.chassis import access, errors
from services.chassis.context import Caller
from services.chassis.logs import log
from services.game.adapters.keys import SHARDS, shard_of
from services.game.adapters.redis_sessions import RedisSessions, Session
from services.game.refusals import banned

SESSION_LIFETIME = timedelta(days=30)
_EXTENDED_DAILY = timedelta(days=1)
_CHECKED_AGAIN_AFTER = timedelta(seconds=60)
_log = log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A player as the contract shows one."""

    player_id: str
    display_name: str
    locale: str
    guest: bool
    create_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An account with a fresh token: "<shard>.<256 random bits>"."""

    account: Account
    token: str
    expire_time: datetime


class SessionArchive(Protocol):
    """Where accounts and sessions are kept for good."""

    async def create_player(self, account: Account, token_hash: bytes, expire_time: datetime) -> None:
        """Stores a new player with a first session."""

    async def find_session(self, token_hash: bytes) -> tuple[Account, datetime, bool]:
        """Whose a token is, until when, and whether they are banned. Raises Unauthenticated(INVALID_TOKEN)."""
        ...

    async def extend_session(self, token_hash: bytes, expire_time: datetime) -> None:
        """Moves a session's expiry."""

    async def delete_session(self, token_hash: bytes) -> None:
        """Ends a session."""


class Players:
    """Sign-in over PostgreSQL, with Redis before it so that those signed in play on while PostgreSQL is away."""

    def __init__(self, sessions: RedisSessions, archive: SessionArchive) -> None:
        self._sessions = sessions
        self._archive = archive
        self._checks: set[asyncio.Task[None]] = set()

    async def create_guest(self, display_name: str, locale: str) -> SignedIn:
        """A new guest, signed in. Raises Unavailable(DATABASE_UNAVAILABLE)."""
        now = datetime.now(UTC)
        account = Account(player_id=str(uuid.uuid4()), display_name=display_name, locale=locale, guest=True, create_time=now)
        token = fresh_token(account.player_id)
        hashed, expire_time = access.token_hash(token), now + SESSION_LIFETIME
        await self._archive.create_player(account, hashed, expire_time)
        session = Session(player_id=account.player_id, locale=locale, expire_time=expire_time, checked_time=now)
        await self._sessions.put(shard_of(account.player_id), hashed, session)
        return SignedIn(account=account, token=token, expire_time=expire_time)

    async def sign_out(self, caller: Caller) -> None:
        """Ends the caller's session, in PostgreSQL first. Raises Unavailable(DATABASE_UNAVAILABLE)."""
        await self._archive.delete_session(caller.token_hash)
        await self._sessions.end(shard_of(caller.player_id), caller.player_id, caller.token_hash)

    async def lookup(self, token: str, token_hash: bytes) -> Caller | None:
        """Who is signed in with a token; None: nobody.

        Raises Unauthenticated(INVALID_TOKEN) for one that was revoked, Denied(PLAYER_BANNED).
        """
        shard_text, _, secret = token.partition(".")
        if not secret or not shard_text.isascii() or not shard_text.isdigit() or int(shard_text) >= SHARDS:
            return None
        shard, now = int(shard_text), datetime.now(UTC)
        session = await self._sessions.find(shard, token_hash)
        if session is None:
            session = await self._read(shard, token_hash)
            if session is None:
                return None
        elif now - session.checked_time > _CHECKED_AGAIN_AFTER:
            self._check_soon(shard, token_hash, session)
        if session.expire_time <= now:
            return None
        if session.banned:
            raise banned()
        return Caller(player_id=session.player_id, token_hash=token_hash, locale=session.locale)

    async def _read(self, shard: int, token_hash: bytes) -> Session | None:
        """The session as PostgreSQL has it, extended if it is due, and kept in Redis."""
        try:
            account, expire_time, is_banned = await self._archive.find_session(token_hash)
        except errors.Unauthenticated:
            return None
        now = datetime.now(UTC)
        if expire_time - now < SESSION_LIFETIME - _EXTENDED_DAILY:
            expire_time = now + SESSION_LIFETIME
            await self._archive.extend_session(token_hash, expire_time)
        session = Session(player_id=account.player_id, locale=account.locale, expire_time=expire_time, checked_time=now, banned=is_banned)
        if shard_of(account.player_id) != shard:
            return None
        await self._sessions.put(shard, token_hash, session)
        return session

    def _check_soon(self, shard: int, token_hash: bytes, session: Session) -> None:
        """Asks PostgreSQL again beside the call: a session revoked there ends here, a changed language arrives."""

        async def check() -> None:
            try:
                # Others who come meanwhile need not ask too.
                await self._sessions.put(shard, token_hash, replace(session, checked_time=datetime.now(UTC)))
                if await self._read(shard, token_hash) is None:
                    await self._sessions.end(shard, session.player_id, token_hash)
            except errors.Failure as failed:
                _log.info("session not checked", reason=failed.reason)

        task = asyncio.create_task(check())
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)


def fresh_token(player_id: str) -> str:
    """A token of 256 random bits, that says in which shard its session is."""
    return f"{shard_of(player_id)}.{secrets.token_urlsafe(32)}"


def game_id_of(player_id: str, key: str) -> str:
    """The id of a new game: made of the player and the idempotency key, so that creating twice is one game; random without a key."""
    if not key:
        return str(uuid.uuid4())
    digest = hashlib.blake2b(f"{player_id}/{key}".encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))
