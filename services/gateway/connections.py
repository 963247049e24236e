"""How many connections there may be, and how long one may keep others waiting."""

import asyncio
import ipaddress
from collections import Counter
from dataclasses import dataclass, field

MOST, MOST_OF_ADDRESS = 8192, 512
"""How many connections there may be, and how many of them from one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """For how many seconds a connection is waited for."""

    head: float = 10.0
    """From its beginning, or that of its next request, to the end of the request's head."""
    reader: float = 30.0
    """While it takes less than it is given: then it is cut, since what it leaves is kept for it meanwhile."""


class Connections:
    """Counts connections, all and by address. An address whose word is taken for others' (a proxy's) stands for many, and has no limit."""

    def __init__(self, most: int = MOST, most_of_address: int = MOST_OF_ADDRESS, trusted_proxies: str = "127.0.0.1") -> None:
        self._most = most
        self._most_of_address = most_of_address
        self._trusted = _Networks(trusted_proxies)
        self._all = 0
        self._of_address: Counter[str] = Counter()
        self._none = asyncio.Event()
        self._none.set()

    async def none(self) -> None:
        """Returns when there is none."""
        await self._none.wait()

    def opened(self, address: str) -> bool:
        """Counts a connection; False: there are too many of this address, or at all. Either way it is to be `closed`."""
        self._all += 1
        self._none.clear()
        self._of_address[address] += 1
        return self._all <= self._most and (self._of_address[address] <= self._most_of_address or address in self._trusted)

    def closed(self, address: str) -> None:
        """A connection is no more."""
        self._all -= 1
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]
        if not self._all:
            self._none.set()


@dataclass(slots=True)
class _Networks:
    """Addresses and networks, as TRUSTED_PROXIES names them: commas between; "*" is any."""

    text: str
    _any: bool = False
    _networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for one in (part.strip() for part in self.text.split(",")):
            if one == "*":
                self._any = True
            elif one:
                try:
                    self._networks.append(ipaddress.ip_network(one))
                except ValueError:
                    self._names.add(one)

    def __contains__(self, address: str) -> bool:
        if self._any or address in self._names:
            return True
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)
