"""What can be broken: each fault breaks one thing, heals it again where it lasts, and is written down."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from services.game.adapters import scripts
from tests.chaos.cluster import Cluster
from tests.support.fault_server import STREAM, Behaviour, Exchange, answers, closes, comments, resets, sends, silent, streams
from tests.support.stub_vllm import Pace, tells
from tests.support.tcp_proxy import Link

GAME_POINTS = tuple(
    f"{call}.{at}"
    for call in (
        "redis.begin", "redis.create", "redis.commit", "redis.abort", "redis.tell", "redis.finish", "redis.ack", "redis.restore",
        "redis.renew_telling", "redis.take_over_action", "redis.take_over_telling", "archive.save", "archive.load",
    )
    for at in ("before", "after")
)  # fmt: skip
"""Where a game process can be made to die."""
PERSISTENCE_POINTS = tuple(f"database.write.{at}" for at in ("before", "work.before", "work.after", "after"))
"""Where a persistence process can: before the transaction, before its first statement, when all is written, when it is committed."""
SENTENCES = (
    "당신은 천천히 둘러본다.", "먼지 냄새가 난다.", "어딘가에서 물이 떨어진다.", "커튼이 조금 흔들린다.", "윤슬이 고개를 든다.",
    "시계 소리가 멈춘 것 같다.", "복도는 어둡다.", "손끝이 차다.", "창밖은 잿빛이다.", "아무도 말하지 않는다.", "발밑에서 마루가 운다.",
    "숨소리만 들린다.", "문틈으로 바람이 든다.", "당신은 잠시 기다린다.", "빛이 벽을 타고 간다.", "누군가 지나간 듯하다.",
)  # fmt: skip


@dataclass(slots=True)
class Ledger:
    """What was broken, and how often."""

    broken: Counter[str] = field(default_factory=Counter)
    wipes: list[float] = field(default_factory=list)
    commits_cut: int = 0
    on_wipe: Callable[[], None] = lambda: None


class Armoury:
    """Which processes have failpoints at their next start; after that start they have none."""

    def __init__(self) -> None:
        self._armed: dict[str, str] = {}

    def arm(self, process: str, points: str) -> None:
        """Arms the next start of a process."""
        self._armed[process] = points

    def next_start(self, process: str) -> Mapping[str, str]:
        """The environment of a process that is being started."""
        points = self._armed.pop(process, None)
        return {} if points is None else {"MARATANG_FAILPOINTS": points}


def sha_of(name: str) -> bytes:
    """What Redis calls a script of game's."""
    return scripts.sha(scripts.text(name)).encode()


def story(dice: random.Random, sentences: tuple[int, int] = (3, 7), every_seconds: tuple[float, float] = (0.005, 0.06)) -> Behaviour:
    """A model that never tells the same twice, at an uneven pace."""

    async def behave(exchange: Exchange) -> None:
        said = dice.sample(SENTENCES, dice.randint(*sentences))
        pace = Pace(
            chunks=tuple(f"{sentence} " for sentence in said),
            first_seconds=dice.uniform(0, 0.1),
            every_seconds=dice.uniform(*every_seconds),
        )
        await tells(pace)(exchange)

    return behave


async def _rambles(exchange: Exchange) -> None:
    """A telling without an end."""
    exchange.head(headers=STREAM)
    while True:
        exchange.token("끝없이 ")
        await asyncio.sleep(0.05)


MODEL_FAULTS: dict[str, Behaviour] = {
    "answers 503": answers(503, '{"error": "overloaded"}'),
    "answers a tunnel's page": answers(404, "<html>ERR_NGROK_3200</html>", content_type="text/html"),
    "is silent": silent,
    "sends comments only": comments,
    "resets": resets,
    "breaks off": streams("먼지 냄새가 ", then=closes),
    "stops in the middle": streams("먼지 냄새가 ", then=silent),
    "sends garbage": sends(b"data: {not json\n\n"),
    "rambles": _rambles,
}


class Faults:
    """Every fault by its name. What lasts is over when its call returns."""

    def __init__(self, cluster: Cluster, ledger: Ledger, armoury: Armoury, told: Behaviour) -> None:
        self._cluster = cluster
        self._ledger = ledger
        self._armoury = armoury
        self._told = told
        self.by_name: dict[str, Callable[[random.Random], Awaitable[None]]] = {
            **{f"kill {kind}": self._killing(kind) for kind in ("gateway", "game", "llm_proxy", "persistence", "valkey", "postgres")},
            "terminate a service": self.terminate,
            "freeze game": self.freeze_game,
            "freeze postgres": self.freeze_postgres,
            "take postgres away": self.take_postgres_away,
            "wipe redis": self.wipe_redis,
            "cut a link": self.cut_link,
            "half-close a link": self.half_close_link,
            "stall a link": self.stall_link,
            "slow a link": self.slow_link,
            "refuse connections": self.refuse_link,
            "swallow the answer to COMMIT": self.swallow_commit,
            "failpoints in game": self.game_failpoints,
            "failpoints in persistence": self.persistence_failpoints,
            "the model misbehaves": self.model_misbehaves,
        }

    def _killing(self, kind: str) -> Callable[[random.Random], Awaitable[None]]:
        async def kill(dice: random.Random) -> None:
            process = dice.choice(self._cluster.named(kind))
            if process.kill():
                self._count(f"kill -9 {kind}")

        return kill

    def _count(self, what: str) -> None:
        self._ledger.broken[what] += 1

    async def terminate(self, dice: random.Random) -> None:
        """SIGTERM: it drains and is started again."""
        process = dice.choice(self._cluster.named("gateway", "game", "persistence", "llm_proxy"))
        self._count(f"SIGTERM {process.name.rstrip('0123456789')}")
        process.terminate()

    async def freeze_game(self, dice: random.Random) -> None:
        """SIGSTOP for longer than the lease, so that others take over what it holds; then it goes on as if nothing had been."""
        process = dice.choice(self._cluster.named("game"))
        self._count("SIGSTOP game")
        process.freeze()
        await asyncio.sleep(self._cluster.shape.lease_seconds * dice.uniform(2, 5))
        process.thaw()

    async def freeze_postgres(self, dice: random.Random) -> None:
        """PostgreSQL's backends live on, but nobody is let in: its postmaster is stopped."""
        self._count("SIGSTOP postgres")
        postgres = self._cluster.processes["postgres"]
        postgres.freeze()
        await asyncio.sleep(dice.uniform(0.5, 4))
        postgres.thaw()

    async def take_postgres_away(self, dice: random.Random) -> None:
        """It is killed and stays down for a while."""
        self._count("postgres away")
        postgres = self._cluster.processes["postgres"]
        postgres.hold_down()
        await asyncio.sleep(dice.uniform(2, 8))
        postgres.let_up()

    async def wipe_redis(self, dice: random.Random) -> None:
        """It is killed, its disk deleted, and it starts empty."""
        await self._cluster.processes["postgres"].up.wait()
        self._count("redis wiped")
        self._ledger.wipes.append(time.monotonic())
        self._ledger.on_wipe()
        await self._cluster.wipe_store()
        self._ledger.wipes.append(time.monotonic())
        self._ledger.on_wipe()

    async def cut_link(self, dice: random.Random) -> None:
        """RST to both sides."""
        link = self._link(dice)
        self._count(f"cut {link.name.partition('.')[0]} link")
        link.cut()

    async def half_close_link(self, dice: random.Random) -> None:
        """FIN to the server only."""
        link = self._link(dice)
        self._count(f"half-closed {link.name.partition('.')[0]} link")
        link.half_close()

    async def stall_link(self, dice: random.Random) -> None:
        """Nothing flows, and nobody is told."""
        link = self._link(dice)
        self._count(f"stalled {link.name.partition('.')[0]} link")
        link.stall()
        await asyncio.sleep(dice.uniform(0.3, 3))
        link.resume()

    async def slow_link(self, dice: random.Random) -> None:
        """Every piece waits."""
        link = self._link(dice)
        self._count(f"slowed {link.name.partition('.')[0]} link")
        link.delay_seconds = dice.uniform(0.02, 0.3)
        await asyncio.sleep(dice.uniform(0.5, 3))
        link.resume()

    async def refuse_link(self, dice: random.Random) -> None:
        """What is open is cut, and nothing new gets through."""
        link = self._link(dice)
        self._count(f"refused {link.name.partition('.')[0]} link")
        link.refusing = True
        link.cut()
        await asyncio.sleep(dice.uniform(0.3, 3))
        link.resume()

    async def swallow_commit(self, dice: random.Random) -> None:
        """Redis makes the turn a fact, and the worker hears a cut instead of the answer."""

        def swallowed() -> None:
            self._ledger.commits_cut += 1
            self._count("cut after COMMIT was sent")

        for link in self._cluster.links_named("redis."):
            link.swallow_answers(sha_of("commit"), dice.randint(1, 3), swallowed)

    async def game_failpoints(self, dice: random.Random) -> None:
        """A game process starts anew and dies at one of a few points."""
        process = dice.choice(self._cluster.named("game"))
        points = [f"{point}=die@p{dice.choice((0.05, 0.2, 0.5))}" for point in dice.sample(GAME_POINTS, 5)]
        self._armoury.arm(process.name, ",".join([*points, f"seed={dice.randrange(1 << 30)}"]))
        if process.kill():
            self._count("kill -9 game")

    async def persistence_failpoints(self, dice: random.Random) -> None:
        """The persistence process starts anew and dies at a point of its transactions."""
        process = self._cluster.processes["persistence"]
        points = [f"{point}=die@p{dice.choice((0.05, 0.2))}" for point in dice.sample(PERSISTENCE_POINTS, 2)]
        self._armoury.arm(process.name, ",".join([*points, f"seed={dice.randrange(1 << 30)}"]))
        if process.kill():
            self._count("kill -9 persistence")

    async def model_misbehaves(self, dice: random.Random) -> None:
        """For a while the model servers do what they should not."""
        name = dice.choice(sorted(MODEL_FAULTS))
        self._count(f"the model {name}")
        self._cluster.model_behaves(MODEL_FAULTS[name])
        await asyncio.sleep(dice.uniform(0.5, 3))
        self._cluster.model_behaves(self._told)

    def _link(self, dice: random.Random) -> Link:
        return self._cluster.links[dice.choice(sorted(self._cluster.links))]

    def heal(self) -> None:
        """Ends whatever lasts."""
        self._cluster.heal()
        self._cluster.model_behaves(self._told)
