"""Changes of live games that no action decided: one script, JUMP."""

from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, translated
from services.game.adapters.redis_games import KEYS_KEPT, Answer
from services.game.adapters.scripts import script
from services.game.stored import LiveGame, Row, row_bytes


class RedisJumps:
    """Every method may raise Unavailable(STORE_UNAVAILABLE or STORE_FULL)."""

    def __init__(self, client: Redis) -> None:
        self._jump = script(client, "jump")

    async def jump(self, row: Row, after: LiveGame, *, allowed: frozenset[str]) -> Answer:
        """Adds the row, and has the game stand as it does `after` it; the script's answer.

        `allowed`: the statuses in which the game may be before.
        """
        game_id = row.game_id
        with translated():
            answer: Answer = await self._jump(
                keys=[
                    keys.game(game_id),
                    keys.pending_action(game_id),
                    keys.idempotency(game_id),
                    keys.rows(game_id),
                    keys.dirty(keys.shard_of(game_id)),
                    keys.live(keys.shard_of(game_id)),
                    keys.stream(game_id, row.number),
                ],
                args=[
                    game_id, after.owner, row.key, row.action_hash, row.number - 1, row_bytes(row), after.state, after.state_hash,
                    after.status, after.ending, after.depth, after.branch_id, row.created_ms, KEYS_KEPT,
                    f" {' '.join(sorted(allowed))} ",
                ],
            )  # fmt: skip
        return answer
