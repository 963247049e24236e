"""A run: clients play, the nemesis breaks things, the watch looks on; then all is held against what was kept."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.chaos import history, nemesis
from tests.chaos.clients import Browser, Client, Habits
from tests.chaos.cluster import Cluster
from tests.chaos.history import Violation
from tests.chaos.invariants import strangers
from tests.chaos.nemesis import Rates
from tests.chaos.report import Report
from tests.chaos.scene import Scene
from tests.chaos.stored import kept

CALM_SECONDS = 2.0
"""How long play goes on when the faults have stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is to be."""

    seconds: float
    clients: int
    seed: int
    rates: Rates = field(default_factory=Rates)
    habits: Habits = field(default_factory=Habits)
    settle_seconds: float = 30.0
    """How long what was begun may take to come to its end when the faults have stopped."""
    resumed_games: int = 40
    """How many games are played on at the end."""


async def storm(on: Scene, plan: Plan, say: Callable[[str], None] = lambda _: None) -> Report:
    """A whole run; its report says what held."""
    planned = nemesis.schedule(plan.seed, plan.seconds, plan.rates)
    say(f"seed {plan.seed}: {len(planned)} faults in {plan.seconds:.0f} s, {plan.clients} clients")
    began = time.monotonic()
    stop = asyncio.Event()
    dice = random.Random(plan.seed + 1)
    async with _beside(on.watch.run(), strangers(on.browser, on.recorded, dice, on.recorded.counts), _progress(on, say)):
        clients = [
            Client(f"c{number}", Browser(on.cluster.urls, on.browser.session, random.Random(dice.random())), on.recorded, plan.habits)
            for number in range(plan.clients)
        ]
        await asyncio.gather(*(client.sign_in() for client in clients))
        async with asyncio.TaskGroup() as group:
            # A client that crashes ends the run at once.
            for client in clients:
                group.create_task(client.play(stop))
            await nemesis.run(planned, on.faults)
            await asyncio.sleep(CALM_SECONDS)
            stop.set()
    return await concluded(on, plan, time.monotonic() - began)


async def concluded(on: Scene, plan: Plan, seconds: float) -> Report:
    """Lets everything settle, and holds what was told against what was kept."""
    await on.cluster.until_up()
    await on.watch.settled(plan.settle_seconds)
    await _games_are_there(on)
    await _resumed(on, plan.resumed_games)
    await on.watch.settled(plan.settle_seconds)
    logs = await on.stores.logs()
    await on.watch.in_the_end(logs)
    stored = {game: [kept(row) for row, _ in log.rows] for game, log in logs.items()}
    verdict = history.check(on.recorded.told, stored, on.ledger.wipes)
    spent = sorted(on.recorded.seconds) or [0.0]
    on.recorded.counts["retries"] = sum(told.retries for told in on.recorded.told)
    on.recorded.counts["resumed streams"] = sum(told.resumes for told in on.recorded.told)
    on.recorded.counts["resets"] = sum(told.resets for told in on.recorded.told)
    return Report(
        seed=plan.seed,
        seconds=seconds,
        clients=plan.clients,
        acknowledged=verdict.acknowledged,
        forgiven=verdict.forgiven,
        broken=on.ledger.broken,
        deaths={name: process.deaths for name, process in on.cluster.processes.items()},
        commits_cut=on.ledger.commits_cut,
        wipes=on.ledger.broken["redis wiped"],
        counts=on.recorded.counts,
        samples=on.watch.samples,
        heaviest=on.watch.heaviest,
        p50_ms=1000 * spent[len(spent) // 2],
        p99_ms=1000 * spent[len(spent) * 99 // 100],
        in_time=sum(one <= 30 for one in spent) / len(spent),
        failpoints=_failpoints(on.cluster),
        violations=[*verdict.violations, *on.recorded.violations, *on.watch.violations],
    )


async def _games_are_there(on: Scene) -> None:
    """I1: only a game that nobody was told to be in PostgreSQL may have gone, with a wiped Redis."""
    logs = await on.stores.logs()
    replicated = {told.game for told in on.recorded.told if told.replicated}
    may_go = on.recorded.local - replicated if on.ledger.wipes else set()
    for game in (on.recorded.owners.keys() | on.recorded.gone) - logs.keys():
        if game in may_go:
            on.recorded.counts["games that went LOCAL with a wiped Redis"] += 1
            on.recorded.gone.add(game)
        else:
            on.recorded.fault("I1", game, "the game was begun and is not in PostgreSQL")
    for game in on.recorded.gone & logs.keys():
        if game in may_go:
            # Its first write was on its way when Redis was wiped, and its player asked before it had come.
            on.recorded.counts["games that came back after a wiped Redis"] += 1
            on.recorded.gone.remove(game)
        else:
            on.recorded.fault("I1", game, "its player was told that there is no such game, and it is in PostgreSQL")


async def _resumed(on: Scene, most: int) -> None:
    """I10: games go on, whoever had them before."""
    games = sorted(on.recorded.owners.keys() - on.recorded.gone)
    for game in random.Random(0).sample(games, min(most, len(games))):
        client = Client(f"again-{game}", on.browser, on.recorded, Habits(cuts=0, doubles=0, rivals=0))
        client.token, client.game = on.recorded.owners[game], game
        status, answer = await on.browser.persist("GET", f"/v1/games/{game}", client.token)
        if status != 200:
            on.recorded.violations.append(Violation(invariant="I10", game=game, detail=f"it was answered {status} {answer}"))
            continue
        if answer["status"] != "ACTIVE":
            continue
        client.number = answer["turn"]
        before = on.recorded.acknowledged()
        async with asyncio.timeout(60):
            await client.take({"command": {"verb": "WAIT"}}, f"again-{game}")
        if on.recorded.acknowledged() != before + 1:
            on.recorded.violations.append(Violation(invariant="I10", game=game, detail="it took no further turn"))


async def _progress(on: Scene, say: Callable[[str], None]) -> None:
    shown = 0
    while True:
        await asyncio.sleep(15)
        kills = sum(process.deaths["killed"] + process.deaths["failpoint"] for process in on.cluster.processes.values())
        wrong = [*on.recorded.violations, *on.watch.violations]
        cut = on.ledger.commits_cut
        say(f"  {on.recorded.acknowledged()} turns acknowledged, {kills} processes killed, {cut} cut after COMMIT, {len(wrong)} wrong")
        for one in wrong[shown : shown + 5]:
            say(f"  ! {one}")
        shown = len(wrong)


def _failpoints(cluster: Cluster) -> Counter[str]:
    """Which failpoints broke a process, as the processes' logs say."""
    found: Counter[str] = Counter()
    for process in cluster.named("game", "persistence"):
        for line in process.log_lines():
            if "failpoint" in line:
                with contextlib.suppress(json.JSONDecodeError):
                    said = json.loads(line)
                    found.update([said["point"]] if said["event"] == "failpoint" else ())
    return found


@asynccontextmanager
async def _beside(*work) -> AsyncIterator[None]:
    """Runs loops beside the block; one that crashes crashes it."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for end in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(end, Exception):
                raise end
