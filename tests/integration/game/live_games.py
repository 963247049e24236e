"""A game, its rows and its turns as the scripts know them."""

from dataclasses import replace

from services.game.adapters.redis_games import Committed, Finished, Granted, RedisGames
from services.game.shown import Event, told_events
from services.game.stored import RESOLVED, LiveGame, Row

GAME = "0f0e0d0c-0b0a-4909-8807-060504030201"
OWNER = "mina"
ACTION = "a" * 64
OTHER_ACTION = "b" * 64


def a_game(**changes) -> LiveGame:
    game = LiveGame(
        game_id=GAME, owner=OWNER, scenario_id="tutorial", pack_hash="pack", locale="ko", seed="seed", epoch=0, number=0, persisted=0,
        branch_id="main", depth=0, status="ACTIVE", ending="", state=b"state 0", state_hash=b"h" * 32, asked="asked", created_ms=1,
        updated_ms=1,
    )  # fmt: skip
    return replace(game, **changes)


def a_row(number: int = 1, *, key: str = "k", action_hash: str = ACTION, **changes) -> Row:
    row = Row(
        game_id=GAME, number=number, parent=number - 1, branch_id="main", depth=number, revision=RESOLVED, key=key,
        action_hash=action_hash, text="열쇠를 줍는다", record={"lines": [], "ending": None}, state_hash=b"s" * 32,
        telling=None, created_ms=2,
    )  # fmt: skip
    return replace(row, **changes)


async def begin(games: RedisGames, *, key: str = "k", action: str = ACTION, expected: int = 0, owner: str = OWNER, nonce: str = "n"):
    return await games.begin(GAME, owner, key, action, b'{"text":"x"}', expected, nonce)


async def granted(games: RedisGames, **how) -> Granted:
    answer = await begin(games, **how)
    assert isinstance(answer, Granted), answer
    return answer


async def commit(games: RedisGames, row: Row, fence: int, *, nonce: str = "n", status: str = "ACTIVE", ending: str = ""):
    return await games.commit(
        row, fence=fence, state=b"state", status=status, ending=ending, nonce=nonce, prompt=b"{}", resolved=b'{"lines":[]}'
    )


async def play(games: RedisGames, number: int, *, key: str = "k", action: str = ACTION) -> Committed:
    """A turn made a fact, its telling open."""
    right = await granted(games, key=key, action=action, expected=number - 1)
    done = await commit(games, a_row(number, key=key, action_hash=action), right.fence)
    assert isinstance(done, Committed), done
    return done


async def play_and_tell(games: RedisGames, number: int, *, key: str = "k") -> Row:
    """A turn that is told."""
    job = await play(games, number, key=key)
    assert isinstance(await finish(games, job.fence, number=number, key=key), int)
    return a_row(number, key=key).told({"text": "x"})


async def finish(games: RedisGames, fence: int, *before: Event, number: int = 1, key: str = "k", text: str = "x") -> int | str:
    """What FINISH answers where a turn was told so, after the events `before`."""
    told = a_row(number, key=key).told({"text": text})
    done = await games.finish(told, fence=fence, events=[*before, *told_events(told)])
    return done.k if isinstance(done, Finished) else done
