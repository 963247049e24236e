"""Runs with one fault each, in the order that a bar asks for."""

import asyncio
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from services.chassis.ending import ended
from tests.chaos.clients import Browser, Client, Habits
from tests.chaos.faults import story
from tests.chaos.history import Outcome, Told
from tests.chaos.invariants import AWAY
from tests.chaos.report import Report
from tests.chaos.scene import Scene
from tests.chaos.slow_fsync import slow_fsync
from tests.chaos.storm import Plan, concluded
from tests.support.eventually import eventually

PLAIN = Habits(cuts=0, doubles=0, rivals=0, think_seconds=(0, 0))
SETTLE_SECONDS = 30
ASTRAY_SECONDS = 4
"""How long play with a bug in the system goes on after it was met: it may never come to its end."""
REACHED_SECONDS = 12
"""How long a process may live on with a failpoint armed that it does not come by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """What PostgreSQL's absence cost: seconds of turns before and during, and what was acknowledged LOCAL when Redis was wiped too."""

    before: Sequence[float]
    during: Sequence[float]
    local: Sequence[Told]
    report: Report


async def players(on: Scene, count: int, habits: Habits = PLAIN) -> list[Client]:
    """So many signed-in clients, each with a game begun."""
    made = [
        Client(f"p{number}", Browser(on.cluster.urls, on.browser.session, random.Random(number)), on.recorded, habits)
        for number in range(count)
    ]

    async def begin(client: Client) -> None:
        await client.sign_in()
        await client.begin()

    await asyncio.gather(*(begin(client) for client in made))
    return made


async def wait_turns(clients: Sequence[Client], turns: int, until: asyncio.Event | None = None) -> None:
    """Everybody lets time pass so often, one turn after another, or until the event is set."""

    async def go(client: Client) -> None:
        for _ in range(turns):
            if until is not None and until.is_set():
                return
            client.sent += 1
            await client.take({"command": {"verb": "WAIT"}}, f"{client.name}-w{client.sent}")

    await asyncio.gather(*(go(client) for client in clients))


async def drained(on: Scene) -> None:
    """Returns when PostgreSQL has everything; raises TimeoutError."""

    async def nothing_left() -> bool:
        try:
            return not await on.stores.unsettled()
        except AWAY:
            return False

    await eventually(nothing_left, within=SETTLE_SECONDS)


async def wiped_with_postgres_up(on: Scene, games: int, turns: int, times: int, seed: int) -> Report:
    """Redis loses everything, again and again; every REPLICATED turn is there, every game goes on."""
    began = time.monotonic()
    clients = await players(on, games)
    for _ in range(times):
        await wait_turns(clients, turns)
        await drained(on)
        await on.faults.wipe_redis(random.Random(seed))
    await wait_turns(clients, 1)
    return await concluded(on, _plan(games, seed), time.monotonic() - began)


async def postgres_away(on: Scene, games: int, turns: int, seed: int) -> Away:
    """PostgreSQL goes and comes back: all is drained. It goes again, and Redis is wiped: exactly the LOCAL turns are missing."""
    began = time.monotonic()
    clients = await players(on, games)
    before = await _timed(on, clients, turns)
    postgres = on.cluster.processes["postgres"]

    postgres.hold_down()
    await postgres.until_down()
    await wait_turns(clients, 1)  # the first one or two hear of it
    during = await _timed(on, clients, turns)
    postgres.let_up()
    await drained(on)
    kept_through = len(on.recorded.told)
    assert all(len(log.rows) > turns for log in (await on.stores.logs()).values())

    postgres.hold_down()
    await postgres.until_down()
    await wait_turns(clients, 3)
    local = [told for told in on.recorded.told[kept_through:] if told.outcome is Outcome.TURN]
    on.ledger.broken["redis wiped"] += 1
    on.watch.wiped()
    await on.cluster.wipe_store()
    on.ledger.wipes.append(time.monotonic())
    on.watch.wiped()
    postgres.let_up()
    await on.cluster.until_up()
    # What they know of is gone: they read where their games stand.
    for client in clients:
        await client.read()
    await wait_turns(clients, 1)
    report = await concluded(on, _plan(games, seed), time.monotonic() - began)
    return Away(before=before, during=during, local=local, report=report)


async def _timed(on: Scene, clients: Sequence[Client], turns: int) -> list[float]:
    first = len(on.recorded.seconds)
    await wait_turns(clients, turns)
    return sorted(on.recorded.seconds[first:])


async def cut_streams(on: Scene, cuts: int, clients: int, seed: int) -> Report:
    """Readers lose their connection at any byte and go on at any gateway, until so many streams were cut."""
    began = time.monotonic()
    stop = asyncio.Event()
    habits = Habits(cuts=0.8, resumes=1.0, doubles=0, rivals=0, think_seconds=(0, 0))
    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            browser = Browser(on.cluster.urls, on.browser.session, random.Random(seed + number))
            group.create_task(Client(f"r{number}", browser, on.recorded, habits).play(stop))

        async def enough() -> bool:
            return on.recorded.counts["streams cut by their readers"] >= cuts

        await eventually(enough, within=600)
        stop.set()
    return await concluded(on, _plan(clients, seed), time.monotonic() - began)


async def frozen_in_mid_telling(on: Scene, games: int, times: int, seed: int, *, sound: bool = True) -> Report:
    """Game processes are stopped in the middle of long tellings, others take these over, and they go on as if nothing had been."""
    began, dice = time.monotonic(), random.Random(seed)
    on.cluster.model_behaves(story(dice, sentences=(14, 16), every_seconds=(0.12, 0.17)))
    clients = await players(on, games)
    playing = asyncio.create_task(wait_turns(clients, 2 * times))

    async def telling() -> bool:
        return len(await on.stores.tellings()) >= games // 2

    async def gone_on_with(shown_first: dict[str, int]) -> bool:
        """Whether a telling was taken over, and is a good piece further."""
        taken = {one: shown for one, (attempts, shown) in (await on.stores.tellings()).items() if attempts > 1}
        return any(shown > shown_first.setdefault(one, shown) + 2 for one, shown in taken.items())

    for _ in range(times):
        await eventually(telling, within=60)
        # Either may have it all: gateways stay with the process that they found first.
        for process in dice.sample(on.cluster.named("game"), 2):
            process.freeze()
            on.ledger.broken["SIGSTOP game"] += 1
            try:
                await eventually(partial(gone_on_with, {}), within=5 * on.cluster.shape.lease_seconds)
            except TimeoutError:
                continue
            else:
                break
            finally:
                process.thaw()
    if sound:
        await playing
    else:
        await asyncio.wait({playing}, timeout=ASTRAY_SECONDS)
        await ended(playing)
    on.faults.heal()
    return await concluded(on, _plan(games, seed, sound=sound), time.monotonic() - began)


async def game_killed_after_turns(on: Scene, games: int, times: int, seed: int, *, sound: bool = True) -> Report:
    """Every game process is killed the moment that turns are acknowledged, again and again."""
    began = time.monotonic()
    clients = await players(on, games)
    for _ in range(times):
        await wait_turns(clients, 1)
        async with asyncio.timeout(60):
            await asyncio.gather(*(process.restarted() for process in on.cluster.named("game")))
        on.ledger.broken["kill -9 game"] += 2
    return await concluded(on, _plan(games, seed, sound=sound), time.monotonic() - began)


async def store_killed_while_postgres_is_away(
    on: Scene, games: int, kills: int, fsync_seconds: float, seed: int, *, sound: bool = True
) -> Report:
    """PostgreSQL is away, so all hangs on Redis' disk, which is slow; Redis is killed in the middle of play, again and again."""
    began = time.monotonic()
    clients = await players(on, games)
    await wait_turns(clients, 1)
    await drained(on)
    postgres, store = on.cluster.processes["postgres"], on.cluster.processes["valkey"]
    for _ in range(kills):
        postgres.hold_down()
        enough = asyncio.Event()
        async with slow_fsync(store.pid, fsync_seconds) as disk, asyncio.timeout(60):
            playing = asyncio.create_task(wait_turns(clients, 16, enough))
            await disk.begins_fsync()
            first = on.recorded.acknowledged()

            async def some(first: int = first) -> bool:
                return on.recorded.acknowledged() > first + games // 2

            await eventually(some, within=60)
            store.kill()
            enough.set()
            on.ledger.broken["kill -9 valkey with a slow disk"] += 1
        if not sound:
            # Games that went with it can't be loaded until PostgreSQL is back.
            postgres.let_up()
        await playing
    postgres.let_up()
    await on.cluster.until_up()
    return await concluded(on, _plan(games, seed, sound=sound), time.monotonic() - began)


async def at_every_failpoint(on: Scene, points: Iterable[str], clients: int, seed: int) -> Report:
    """A process dies at each of the points while clients play; every point is reached, or the report lacks it."""
    began = time.monotonic()
    stop, dice = asyncio.Event(), random.Random(seed)
    habits = Habits(think_seconds=(0, 0.3), turns_a_game=12)
    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            browser = Browser(on.cluster.urls, on.browser.session, random.Random(seed + number))
            group.create_task(Client(f"f{number}", browser, on.recorded, habits).play(stop))
        for point in points:
            await _died_at(on, point, dice)
        stop.set()
    return await concluded(on, _plan(clients, seed), time.monotonic() - began)


async def _died_at(on: Scene, point: str, dice: random.Random) -> None:
    kind = "persistence" if point.startswith("database.") else "game"
    processes = on.cluster.named(kind)
    process = dice.choice(processes)
    await on.cluster.until_up()
    on.armoury.arm(process.name, f"{point}=die@1")
    died = process.deaths["failpoint"]
    process.kill()
    on.ledger.broken[f"kill -9 {kind}"] += 1
    loop = asyncio.get_running_loop()
    helped, deadline = loop.time() + 1.5, loop.time() + REACHED_SECONDS
    while process.deaths["failpoint"] == died and loop.time() < deadline:
        await asyncio.sleep(0.02)
        if loop.time() < helped:
            continue
        helped = loop.time() + 2
        if point.split(".")[1] in {"restore", "load"}:
            await on.faults.wipe_redis(dice)
        elif kind == "game":
            # Then all play comes here, and there is something to take over.
            next(one for one in processes if one is not process).kill()
            on.ledger.broken["kill -9 game"] += 1


def _plan(clients: int, seed: int, *, sound: bool = True) -> Plan:
    """`sound`: whether the system may be expected to settle; one with a bug may not."""
    if sound:
        return Plan(seconds=0, clients=clients, seed=seed)
    return Plan(seconds=0, clients=clients, seed=seed, settle_seconds=1, resumed_games=0)
