"""Runs the whole system in the foreground until it is told to stop."""

import asyncio
import os
import signal
from collections.abc import Callable

from services.local import embedded, model
from services.local.clashes import check_ports
from services.local.config import LocalConfig
from services.local.credentials import credentials
from services.local.parts import Part, PartError
from services.local.record import Home, PartRecord, Record, end_orphans, part_record
from services.local.supervisor import News, State, Supervisor
from services.local.wording import Say

_LOG_KEPT_BYTES = 16 << 20


def run(config: LocalConfig, say: Say) -> None:
    """Starts every part, says so, and keeps them running until SIGINT or SIGTERM; then stops them in order.

    Raises PartError when the system can't come up, and record.AlreadyRunningError when it is up.
    """
    home = Home(config.home)
    with home.held():
        if (left := home.read()) is not None and (orphans := end_orphans(left)):
            say.orphans(orphans)
        parts = embedded.parts(config, credentials(home.credentials_file), with_small_model=_small_model(config, say))
        check_ports(config, parts)
        for part in parts:
            _turn_over(home, part)
        try:
            asyncio.run(_live(config, home, parts, say))
        finally:
            home.forget()
        say.stopped()


def _small_model(config: LocalConfig, say: Say) -> bool:
    if not config.wants_small_model:
        return False
    if (lack := model.lack()) is None:
        return True
    if config.ci:
        raise PartError(f"{lack.what} is missing. This adds it: {lack.command}")
    say.no_model(lack)
    return False


def _turn_over(home: Home, part: Part) -> None:
    log = home.logs / f"{part.name}.log"
    if log.exists() and log.stat().st_size > _LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.1"))


async def _live(config: LocalConfig, home: Home, parts: tuple[Part, ...], say: Say) -> None:
    stop, hurry = asyncio.Event(), asyncio.Event()
    _on_signals(stop, hurry, say)
    book = _Book(config, home, parts)

    def tell(news: News) -> None:
        book.note(news)
        say.news(news)

    def ready() -> None:
        book.ready()
        say.ready(config)

    await Supervisor(parts, home.logs, tell).run(stop, ready, hurry)


def _on_signals(stop: asyncio.Event, hurry: asyncio.Event, say: Say) -> None:
    def asked() -> None:
        if stop.is_set():
            hurry.set()
            return
        say.stopping()
        stop.set()

    ask: Callable[[], None] = asked
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ask)


class _Book:
    """Keeps the record up to date."""

    def __init__(self, config: LocalConfig, home: Home, parts: tuple[Part, ...]) -> None:
        self._home = home
        self._url = config.url
        self._ready = False
        self._parts: dict[str, PartRecord] = {part.name: part_record(part, State.WAITING.value, None, 0) for part in parts}
        self._write()

    def note(self, news: News) -> None:
        self._parts[news.part.name] = part_record(news.part, news.state.value, news.pid, news.restarts)
        self._write()

    def ready(self) -> None:
        self._ready = True
        self._write()

    def _write(self) -> None:
        self._home.write(Record(pid=os.getpid(), url=self._url, ready=self._ready, parts=tuple(self._parts.values())))
