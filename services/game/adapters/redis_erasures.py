"""How what was erased leaves Redis: a game by one script, DROP; a player's sessions and rate by a few commands that may be repeated."""

from typing import cast

from services.game.adapters import keys, redis_tokens
from services.game.adapters.redis_connection import Redis, translated
from services.game.adapters.redis_games import Answer
from services.game.adapters.scripts import script

LAST_EVENT_KEPT_SECONDS = 5
"""How long those who follow a turn of an erased game may take to hear of it."""


class RedisErasures:
    """Every method may raise Unavailable(STORE_UNAVAILABLE), and may be repeated."""

    def __init__(self, client: Redis) -> None:
        self._redis = client
        self._drop = script(client, "drop")

    async def drop_game(self, game_id: str, number: int) -> None:
        """Forgets a game and all that was shown of it; `number` is its last turn's, as far as it is known."""
        shard = keys.shard_of(game_id)
        answer: Answer = [b"MORE", b"%d" % number]
        while answer[0] == b"MORE":
            last = int(answer[1]) + 1
            with translated():
                answer = await self._drop(
                    keys=[
                        keys.game(game_id),
                        keys.pending_action(game_id),
                        keys.idempotency(game_id),
                        keys.rows(game_id),
                        keys.untold(game_id),
                        keys.dirty(shard),
                        keys.pending(shard),
                        keys.tellings(shard),
                        keys.live(shard),
                        keys.quarantine(shard),
                        *(key for one in range(last + 1) for key in (keys.telling_job(game_id, one), keys.stream(game_id, one))),
                    ],
                    args=[game_id, last, LAST_EVENT_KEPT_SECONDS],
                )

    async def drop_player(self, player_id: str) -> None:
        """Forgets a player's sessions, rate and count of tokens."""
        shard = keys.shard_of(player_id)
        with translated():
            hashes = cast("set[bytes]", await self._redis.smembers(keys.sessions_of(player_id)))
            async with self._redis.pipeline(transaction=True) as pipe:
                for token_hash in hashes:
                    pipe.delete(keys.session(shard, bytes.fromhex(token_hash.decode())))
                pipe.delete(keys.sessions_of(player_id))
                pipe.delete(keys.rate(player_id))
                for key in redis_tokens.keys_of(player_id, redis_tokens.now_utc()):
                    pipe.delete(key)
                await pipe.execute()
