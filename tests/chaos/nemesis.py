"""Which fault comes when: a schedule that follows from a seed, and its running."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.faults import Faults

KILLS: Mapping[str, int] = {
    "kill game": 5, "kill gateway": 3, "kill persistence": 3, "kill valkey": 3, "kill postgres": 2, "kill llm_proxy": 2,
    "failpoints in game": 4, "failpoints in persistence": 2,
}  # fmt: skip
"""What ends processes, and how likely each is."""
OTHERS: Mapping[str, int] = {
    "freeze game": 4, "swallow the answer to COMMIT": 4, "cut a link": 3, "half-close a link": 2, "stall a link": 2, "slow a link": 2,
    "refuse connections": 2, "take postgres away": 1, "freeze postgres": 1, "the model misbehaves": 3, "terminate a service": 2,
}  # fmt: skip
"""What does not, and how likely each is."""
WIPE = "wipe redis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A fault, when it comes (seconds from the beginning), and the seed of all that is left to chance in it."""

    at: float
    fault: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How many seconds lie between faults; None: there are none of the kind."""

    kills: tuple[float, float] | None = (1.6, 3.2)
    others: tuple[float, float] | None = (1.0, 4.0)
    wipes: tuple[float, float] | None = (40.0, 80.0)
    kill_weights: Mapping[str, int] | None = None
    other_weights: Mapping[str, int] | None = None


def schedule(seed: int, seconds: float, rates: Rates) -> list[Planned]:
    """Every fault of a run, in order; the same seed gives the same."""
    dice = random.Random(seed)
    planned: list[Planned] = []
    for gap, weights in (
        (rates.kills, rates.kill_weights or KILLS),
        (rates.others, rates.other_weights or OTHERS),
        (rates.wipes, {WIPE: 1}),
    ):
        if gap is None:
            continue
        at = dice.uniform(*gap) / 2
        while at < seconds:
            (fault,) = dice.choices(list(weights), list(weights.values()))
            planned.append(Planned(at=round(at, 3), fault=fault, seed=dice.randrange(1 << 30)))
            at += dice.uniform(*gap)
    return sorted(planned, key=lambda one: one.at)


async def run(planned: Sequence[Planned], faults: Faults) -> None:
    """Brings every fault at its time, and heals all at the end."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.TaskGroup() as group:
            for one in planned:
                await asyncio.sleep(max(0.0, began + one.at - loop.time()))
                group.create_task(faults.by_name[one.fault](random.Random(one.seed)))
    finally:
        faults.heal()
