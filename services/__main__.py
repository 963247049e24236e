"""Runs all four services as one process: `python -m services`."""

import asyncio
import signal

import uvloop

from services.chassis import logs
from services.chassis.config import load_or_exit
from services.together import TogetherConfig, together


async def live(config: TogetherConfig) -> None:
    """Serves until SIGTERM or SIGINT, and drains."""
    log = logs.log(__name__)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with together(config) as running:
        log.info("serving", http_port=running.http_port)
        await stop.wait()
        log.info("draining")
    log.info("stopped")


if __name__ == "__main__":
    logs.configure("maratang")
    uvloop.run(live(load_or_exit(TogetherConfig)))
