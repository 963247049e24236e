"""Ports that someone else has: found before anything is started, and named."""

import socket
from collections.abc import Iterable

import psutil

from services.local.config import PORTS_TAKEN, LocalConfig
from services.local.parts import Part, PartError


def check_ports(config: LocalConfig, parts: Iterable[Part]) -> None:
    """Raises PartError when a port that a part needs is taken; the message says by whom, and how to move."""
    taken = [(part.name, what, port) for part in parts for what, port in part.ports.items() if not is_free(port)]
    if not taken:
        return
    by = owners()
    said = [f"  port {port}, {name}'s {what}, is taken by {by.get(port, 'a process of another user')}" for name, what, port in taken]
    free = _free_base(config.port)
    move = f"MARATANG_PORT={free} make up" if free is not None else "MARATANG_PORT=<port> make up"
    raise PartError("\n".join([*said, f"End it, or move the whole system to other ports: {move}"]))


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        # What is left of connections of earlier runs is no clash.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def owners() -> dict[int, str]:
    """Who listens on which port, as far as this user may know."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.Error:
        return {}
    listening = {one.laddr.port: one.pid for one in connections if one.status == psutil.CONN_LISTEN and one.pid is not None}
    return {port: _named(pid) for port, pid in listening.items()}


def _named(pid: int) -> str:
    try:
        command = " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return f"process {pid}"
    return f"process {pid} ({command[:80]})"


def _free_base(port: int) -> int | None:
    for base in range(port + 1000, 60_000, 1000):
        if all(is_free(base + offset) for offset in range(PORTS_TAKEN)):
            return base
    return None
