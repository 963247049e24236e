"""Who may call which RPC, as the contract's `access` option says, and how the caller is made out."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import TypeAlias

from google.protobuf import descriptor_pool
from maratang.common.v1 import access_pb2

from services.chassis import errors
from services.chassis.config import Secret
from services.chassis.context import Caller

AUTHORIZATION = "authorization"
CREDENTIAL = "x-maratang-service"

Lookup: TypeAlias = Callable[[str, bytes], Awaitable[Caller | None]]
"""Finds who is signed in with a token, given the token and its SHA-256; None: nobody. Each service has one of its own."""

PLAYER = access_pb2.Access.PLAYER
ANYONE = access_pb2.Access.ANYONE
SERVICE = access_pb2.Access.SERVICE


@cache
def access_of(method: str) -> int:
    """The access of a full method name ("/maratang.game.v1.GameService/GetGame"). Health and reflection are ANYONE's."""
    service, _, name = method.removeprefix("/").partition("/")
    if not service.startswith("maratang."):
        return ANYONE
    descriptor = descriptor_pool.Default().FindServiceByName(service).methods_by_name[name]
    return descriptor.GetOptions().Extensions[access_pb2.access] or PLAYER


def token_hash(token: str) -> bytes:
    """What is stored of a token: its SHA-256, 32 bytes."""
    return hashlib.sha256(token.encode()).digest()


async def authenticate_player(metadata: Mapping[str, str], lookup: Lookup) -> Caller | None:
    """Who the bearer token belongs to; None if none was sent.

    Raises Unauthenticated(INVALID_TOKEN) for a token that is not good.
    """
    header = metadata.get(AUTHORIZATION)
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise errors.Unauthenticated("INVALID_TOKEN", "send the token as `authorization: Bearer <token>`")
    found = await lookup(token, token_hash(token))
    if found is None:
        raise errors.Unauthenticated("INVALID_TOKEN", "the token is unknown, expired or revoked: sign in again")
    return found


def require_player(caller: Caller | None) -> None:
    """Raises Unauthenticated(UNAUTHENTICATED) if nobody is signed in."""
    if caller is None:
        raise errors.Unauthenticated("UNAUTHENTICATED", "sign in first: POST /v1/players:guest gives a token")


def require_service(metadata: Mapping[str, str], credential: Secret) -> None:
    """Raises Unauthenticated(INVALID_CREDENTIAL) unless the service credential was sent."""
    sent = metadata.get(CREDENTIAL, "")
    if not hmac.compare_digest(sent.encode(), credential.reveal().encode()):
        raise errors.Unauthenticated("INVALID_CREDENTIAL", f"this RPC takes the service credential in `{CREDENTIAL}`")
