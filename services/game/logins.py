"""Logins: how a guest becomes somebody who can come back, and how they come back."""

import hashlib
import secrets
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.chassis import access, errors
from services.chassis.context import Caller
from services.game.adapters import keys
from services.game.adapters.archived_logins import ArchivedLogins, Login
from services.game.adapters.redis_games import Rate
from services.game.adapters.redis_paces import RedisPaces
from services.game.adapters.redis_sessions import RedisSessions, Session
from services.game.passwords import Passwords
from services.game.players import SESSION_LIFETIME, Account, SignedIn, fresh_token
from services.game.refusals import banned

TRIES_OF_LOGIN = Rate(burst=5, interval=timedelta(seconds=20))
"""How often a login may be tried, by whomever."""
TRIES_OF_ADDRESS = Rate(burst=30, interval=timedelta(seconds=2))
"""How often an address may try, whatever the login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What somebody signs in with, and whence. `login` is in its one spelling."""

    login: str
    password: str = field(repr=False)
    address: str


def spelt(login: str) -> str:
    """The one spelling of a login."""
    return unicodedata.normalize("NFKC", login).casefold()


class Logins:
    """Every method may raise Exhausted(SIGN_IN_LIMITED) and Unavailable(DATABASE_UNAVAILABLE, STORE_UNAVAILABLE)."""

    def __init__(
        self, archived: ArchivedLogins, sessions: RedisSessions, passwords: Passwords, of_login: RedisPaces, of_address: RedisPaces
    ) -> None:
        self._archived = archived
        self._sessions = sessions
        self._passwords = passwords
        self._of_login = of_login
        self._of_address = of_address

    async def register(self, sent: Secrets, display_name: str, caller: Caller | None) -> SignedIn:
        """Gives the caller, or a new player, a login. Who repeats it with the same password is signed in. Raises Conflict(LOGIN_TAKEN)."""
        await self._tried(sent)
        player_id, locale = (caller.player_id, caller.locale) if caller else (str(uuid.uuid4()), "ko")
        now, token = datetime.now(UTC), fresh_token(player_id)
        account = Account(player_id=player_id, display_name=display_name, locale=locale, guest=False, create_time=now)
        password_hash = await self._passwords.hashed(sent.password)
        expire_time = now + SESSION_LIFETIME
        try:
            account = await self._archived.keep(account, sent.login, password_hash, access.token_hash(token), expire_time)
        except errors.Conflict:
            known = await self._known(sent)
            if known is None or (caller is not None and known.account.player_id != caller.player_id):
                raise
            return await self._opened(known.account)
        return await self._live(account, token, expire_time)

    async def sign_in(self, sent: Secrets) -> SignedIn:
        """A session of the login's player. Raises Unauthenticated(WRONG_LOGIN), Denied(PLAYER_BANNED)."""
        await self._tried(sent)
        known = await self._known(sent)
        if known is None:
            raise errors.Unauthenticated("WRONG_LOGIN", "this login and this password do not go together")
        return await self._opened(known.account)

    async def _tried(self, sent: Secrets) -> None:
        """Counts the try."""
        request = secrets.token_hex(8)
        of_address = await self._of_address.wait(keys.tries("address", _digest(sent.address)), request)
        wait = of_address or await self._of_login.wait(keys.tries("login", _digest(sent.login)), request)
        if wait:
            raise errors.Exhausted("SIGN_IN_LIMITED", "too many tries: wait before the next", retry_after=wait)

    async def _known(self, sent: Secrets) -> Login | None:
        """The login, if the password is its; None takes as long as another. Raises Denied(PLAYER_BANNED)."""
        try:
            found = await self._archived.find(sent.login)
        except errors.NotFound:
            found = None
        if not await self._passwords.fits(sent.password, found.password_hash if found else None):
            return None
        if found is not None and found.banned:
            raise banned()
        return found

    async def _opened(self, account: Account) -> SignedIn:
        token, expire_time = fresh_token(account.player_id), datetime.now(UTC) + SESSION_LIFETIME
        await self._archived.open_session(account.player_id, access.token_hash(token), expire_time)
        return await self._live(account, token, expire_time)

    async def _live(self, account: Account, token: str, expire_time: datetime) -> SignedIn:
        session = Session(player_id=account.player_id, locale=account.locale, expire_time=expire_time, checked_time=datetime.now(UTC))
        await self._sessions.put(keys.shard_of(account.player_id), access.token_hash(token), session)
        return SignedIn(account=account, token=token, expire_time=expire_time)


def _digest(word: str) -> str:
    """What stands for it in a key: no login and no address is kept."""
    return hashlib.blake2b(word.encode(), digest_size=16).hexdigest()
