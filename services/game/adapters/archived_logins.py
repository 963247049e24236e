"""The logins of players, through the persistence service."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from maratang.persistence.v1 import login_service_pb2 as pb
from maratang.persistence.v1 import player_pb2

from services.chassis.timestamps import timestamp
from services.game.players import Account

if TYPE_CHECKING:  # the asyncio stub is a type only: at run time one class serves both
    from maratang.persistence.v1.login_service_pb2_grpc import LoginServiceAsyncStub


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Whose a login is, its password's hash, and whether the player is banned."""

    account: Account
    password_hash: str = field(repr=False)
    banned: bool = False


class ArchivedLogins:
    """Every method may raise Unavailable (DATABASE_UNAVAILABLE or SERVICE_UNAVAILABLE) or OutOfTime."""

    def __init__(self, stub: "LoginServiceAsyncStub") -> None:
        self._stub = stub

    async def keep(self, account: Account, login: str, password_hash: str, token_hash: bytes, expire_time: datetime) -> Account:
        """Gives a player, who is made where there is none, a login and a session. Raises Conflict(LOGIN_TAKEN)."""
        player = player_pb2.Player(
            player_id=account.player_id,
            display_name=account.display_name,
            locale=account.locale,
            create_time=timestamp(account.create_time),
        )
        request = pb.KeepLoginRequest(
            player=player, login=login, password_hash=password_hash, token_hash=token_hash, expire_time=timestamp(expire_time)
        )
        return _account(await self._stub.KeepLogin(request))

    async def find(self, login: str) -> Login:
        """A login. Raises NotFound(PLAYER_NOT_FOUND)."""
        found = await self._stub.FindLogin(pb.FindLoginRequest(login=login))
        return Login(account=_account(found.player), password_hash=found.password_hash, banned=found.banned)

    async def open_session(self, player_id: str, token_hash: bytes, expire_time: datetime) -> None:
        """Opens a session. Raises NotFound(PLAYER_NOT_FOUND)."""
        await self._stub.OpenSession(pb.OpenSessionRequest(player_id=player_id, token_hash=token_hash, expire_time=timestamp(expire_time)))


def _account(player: player_pb2.Player) -> Account:
    return Account(
        player_id=player.player_id,
        display_name=player.display_name,
        locale=player.locale,
        guest=player.guest,
        create_time=player.create_time.ToDatetime(UTC),
    )
