"""Where the roles point: the environment's URLs, until an operator sets others; these last until the environment's change."""

import asyncio
from collections.abc import Iterable, Mapping

from services.chassis import errors
from services.chassis.logs import log
from services.llm_proxy import urls
from services.llm_proxy.fleet import Fleet
from services.llm_proxy.ports import Setting, Settings

POLL_SECONDS = 1.0
_log = log(__name__)


class Pointing:
    """Which of what an operator set counts here: a pure function of what was seen when.

    What was set before this process first looked counts if the environment still says what it said when that was set; what is set
    later counts in any case.
    """

    def __init__(self, environment: Mapping[str, tuple[str, ...]]) -> None:
        """`environment`: each role's URLs as the environment names them."""
        self._environment = environment
        self._seen_first: int | None = None

    def of(self, settings: Iterable[Setting]) -> dict[str, tuple[tuple[str, ...], int]]:
        """Each role's URLs now, and the revision they are from; 0: the environment."""
        known = list(settings)
        if self._seen_first is None:
            self._seen_first = max((one.revision for one in known), default=0)
        pointed = {role: (given, 0) for role, given in self._environment.items()}
        for one in known:
            if one.role in pointed and (one.revision > self._seen_first or one.environment == shown(self._environment[one.role])):
                pointed[one.role] = (one.urls, one.revision)
        return pointed


def shown(given: Iterable[str]) -> tuple[str, ...]:
    """URLs as they may be kept."""
    return tuple(map(urls.shown, given))


class Watched:
    """Has the fleet follow what operators set, on this replica and on others."""

    def __init__(self, fleet: Fleet, settings: Settings | None, environment: Mapping[str, tuple[str, ...]]) -> None:
        """`settings`: None where nothing keeps them: then only the environment counts."""
        self._fleet = fleet
        self._settings = settings
        self._environment = environment
        self._pointing = Pointing(environment)
        self._applying = asyncio.Lock()
        self._reached = True

    async def run(self) -> None:
        """Looks each second what is set, for ever. While nobody can say, all stays as it is."""
        while self._settings is not None:
            await self.look()
            await asyncio.sleep(POLL_SECONDS)

    async def look(self) -> None:
        """Looks once."""
        if self._settings is None:
            return
        try:
            found = await self._settings.all()
        except errors.Failure as failed:
            if self._reached:
                _log.warning("what operators set can't be read: all stays as it is", reason=failed.reason)
            self._reached = False
            return
        self._reached = True
        async with self._applying:
            for role, (wanted, revision) in self._pointing.of(found).items():
                if (wanted, revision) != (self._fleet.urls(role), self._fleet.revision(role)):
                    _log.info("backend points elsewhere", backend=role, servers=len(wanted), revision=revision)
                    await self._fleet.point(role, wanted, revision)

    async def point(self, role: str, wanted: tuple[str, ...], reason: str, request_id: str) -> None:
        """Sets a role's URLs, here at once and on the other replicas within a second or two. Raises errors.Failure."""
        if self._settings is None:
            raise errors.Unavailable("SERVICE_UNAVAILABLE", "nothing keeps what is set: llm_proxy runs without persistence")
        # So that what is set now is later than what was there before.
        await self.look()
        await self._settings.put(
            Setting(role=role, urls=wanted, environment=shown(self._environment[role]), revision=0, reason=reason), request_id=request_id
        )
        await self.look()
