"""What an address stands for: one process or many."""

import asyncio
import socket

Place = tuple[str, int]
"""A host's number, and the port."""


async def places(address: str) -> tuple[Place, ...]:
    """Where "host:port", "dns:///host:port" or "ipv4:a:1,b:1" leads to now, each once. Raises OSError for a name nobody knows."""
    kind, colon, rest = address.partition(":")
    if colon and kind in {"ipv4", "ipv6"}:
        return tuple(dict.fromkeys(_parted(one) for one in rest.split(",")))
    host, port = _parted(address.removeprefix("dns:").rpartition("/")[2])
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys((str(where[0]), port) for *_, where in found))


def _parted(text: str) -> Place:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)
