"""Finds the work of workers that died, and has it done here."""

import asyncio

from services.chassis import errors
from services.chassis.logs import log
from services.game import shown
from services.game.adapters.redis_games import Granted, RedisGames, TakenOver
from services.game.adapters.redis_reads import RedisReads
from services.game.asked import Asked
from services.game.deciding import Deciding
from services.game.loading import Loading
from services.game.rules import codec
from services.game.shelf import Shelf
from services.game.stored import decompress
from services.game.tellings import TAKEOVERS_MAX, Job, Tellings, job_prompt
from services.game.workers import Workers

_log = log(__name__)


class Reaper:
    """One loop a process; leases see to it that no two take the same work."""

    def __init__(
        self,
        games: RedisGames,
        reads: RedisReads,
        loading: Loading,
        shelf: Shelf,
        deciding: Deciding,
        tellings: Tellings,
        workers: Workers,
        *,
        every_seconds: float,
    ) -> None:
        self._games = games
        self._reads = reads
        self._loading = loading
        self._shelf = shelf
        self._deciding = deciding
        self._tellings = tellings
        self._workers = workers
        self._every = every_seconds

    async def run(self) -> None:
        """Takes over what ran out, for ever."""
        while True:
            await asyncio.sleep(self._every)
            try:
                expired = await self._reads.expired()
                for game_id in expired.actions:
                    await self._take_action(game_id)
                for game_id, number in expired.tellings:
                    await self._take_telling(game_id, number)
            except errors.Failure as failed:
                _log.warning("nothing taken over", reason=failed.reason)

    async def _take_action(self, game_id: str) -> None:
        taken = await self._games.take_over_action(game_id)
        if taken == "UNSEEN":
            await self._loading.compare(game_id)
        game = await self._reads.game(game_id)
        if not isinstance(taken, TakenOver) or game is None:
            return
        _log.info("action taken over", game=game_id, turn=game.number + 1, attempts=taken.attempts)
        granted = Granted(
            fence=taken.fence,
            k0=int(taken.fields[b"k0"]),
            owner=game.owner,
            pack_hash=game.pack_hash,
            seed=game.seed,
            locale=game.locale,
            depth=game.depth,
            branch_id=game.branch_id,
            number=game.number,
            state=game.state,
        )
        key, action_hash = taken.fields[b"key"].decode(), taken.fields[b"hash"].decode()
        work = self._deciding.decide(game_id, key, action_hash, Asked.from_bytes(taken.fields[b"action"]), granted, attempts=taken.attempts)
        self._workers.spawn(work, f"turn {game_id}:{game.number + 1} again")

    async def _take_telling(self, game_id: str, number: int) -> None:
        taken = await self._games.take_over_telling(game_id, number)
        if taken == "UNSEEN":
            await self._loading.compare(game_id)
        game = await self._reads.game(game_id)
        if not isinstance(taken, TakenOver) or game is None:
            return
        _log.info("telling taken over", game=game_id, turn=number, attempts=taken.attempts)
        row = (await self._loading.row(game_id, number)).row
        entries = await self._reads.entries(game_id, number)
        asked = job_prompt(taken.fields[b"prompt"])
        # The checks need the state after the row; once the game has gone on, only the template is sure to tell no more than it may.
        can_ask = asked is not None and game.number == number and taken.attempts <= TAKEOVERS_MAX
        job = Job(
            row=row,
            owner=game.owner,
            fence=taken.fence,
            k=entries[-1].k if entries else 0,
            locale=game.locale,
            prompt=asked if can_ask else None,
            pack=await self._shelf.pack(game.pack_hash) if can_ask else None,
            state=codec.decode(decompress(game.state)) if can_ask else None,
            shown=shown.text_of(entries),
        )
        self._workers.spawn(self._tellings.tell(job), f"telling {game_id}:{number} again")
