"""The names of the keys in Redis. Everything of one game shares a shard's hash tag, so that a script's keys share a slot."""

from functools import lru_cache
from zlib import crc32

SHARDS = 64


@lru_cache(maxsize=8192)
def shard_of(identity: str) -> int:
    """The shard of a game or player id: stable for ever, whatever the process."""
    return crc32(identity.encode()) % SHARDS


def game(game_id: str) -> str:
    """The live game."""
    return f"{{s{shard_of(game_id)}}}:g:{game_id}"


def pending_action(game_id: str) -> str:
    """The action being decided."""
    return f"{{s{shard_of(game_id)}}}:p:{game_id}"


def idempotency(game_id: str) -> str:
    """The last idempotency keys and what they came to."""
    return f"{{s{shard_of(game_id)}}}:k:{game_id}"


def rows(game_id: str) -> str:
    """The rows that PostgreSQL does not wholly have."""
    return f"{{s{shard_of(game_id)}}}:e:{game_id}"


def untold(game_id: str) -> str:
    """The rows that PostgreSQL has in their first revision and that are still to be told."""
    return f"{{s{shard_of(game_id)}}}:u:{game_id}"


def telling_job(game_id: str, number: int) -> str:
    """The job of telling a row."""
    return f"{{s{shard_of(game_id)}}}:t:{game_id}:{number}"


def stream(game_id: str, number: int) -> str:
    """What was shown of a row."""
    return f"{{s{shard_of(game_id)}}}:n:{game_id}:{number}"


def dirty(shard: int) -> str:
    """The shard's games that are ahead of PostgreSQL, by the time they became so."""
    return f"{{s{shard}}}:dirty"


def pending(shard: int) -> str:
    """The shard's games with a pending action, by the end of its lease."""
    return f"{{s{shard}}}:pending"


def tellings(shard: int) -> str:
    """The shard's telling jobs, "game:number", by the end of their leases."""
    return f"{{s{shard}}}:tellings"


def live(shard: int) -> str:
    """The shard's games in Redis, by when they were last played."""
    return f"{{s{shard}}}:live"


def quarantine(shard: int) -> str:
    """The shard's games whose log PostgreSQL can't take, by when they were set aside."""
    return f"{{s{shard}}}:quarantine"


def rate(player_id: str) -> str:
    """The player's rate of turns."""
    return f"{{p{shard_of(player_id)}}}:r:{player_id}"


def tries(of: str, digest: str) -> str:
    """How often a login or an address was tried of late."""
    return f"{{p{shard_of(digest)}}}:x:{of}:{digest}"


def session(player_shard: int, token_hash: bytes) -> str:
    """A signed-in session."""
    return f"{{p{player_shard}}}:s:{token_hash.hex()}"


def sessions_of(player_id: str) -> str:
    """The player's sessions, to revoke."""
    return f"{{p{shard_of(player_id)}}}:o:{player_id}"


def pack(pack_hash: str) -> str:
    """A pack's files, which running games need while PostgreSQL is away."""
    return f"pack:{pack_hash}"


def published(scenario_id: str) -> str:
    """The pack that new games of a scenario are pinned to, as last read from PostgreSQL."""
    return f"published:{scenario_id}"


def tokens(player_id: str, day: str) -> str:
    """How many of a model's tokens the player has had on a day, "2026-03-01"."""
    return f"{{p{shard_of(player_id)}}}:m:{player_id}:{day}"
