"""The ports that the system wants: free, or its own already."""

import asyncio
import socket
from collections.abc import Mapping

from services.local.clashes import is_free, owners
from services.local.doctor.findings import Finding, well, wrong
from services.local.probes import answers_ok

_ANSWER_WITHIN_SECONDS = 5


def embedded(wanted: Mapping[str, int], running: set[int]) -> list[Finding]:
    """Ports of 127.0.0.1 for the parts of `make up`; `running`: those that its own parts have now."""
    taken = {what: port for what, port in wanted.items() if port not in running and not is_free(port)}
    if not taken:
        return [well("ports", f"{len(wanted)} ports from {min(wanted.values())} on: {'its own' if running else 'free'}")]
    by = owners()
    return [
        wrong(
            "ports", f"{port} ({what}) is taken by {by.get(port, 'a process of another user')}", "end it, or choose another MARATANG_PORT"
        )
        for what, port in taken.items()
    ]


async def edge(port: int) -> Finding:
    """The port of this host that players come in by: the system's, free, or another's."""
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
            await answers_ok(port, "/livez")
    except ConnectionRefusedError:
        return await asyncio.to_thread(_bindable, port)
    except (OSError, TimeoutError) as error:
        by = owners().get(port, "another process")
        said = str(error) or "no answer"
        return wrong("ports", f"{port} is taken by {by}, which is no gateway ({said})", "end it, or set HTTP_PORT to a free port")
    return well("ports", f"{port}: the system answers there")


def _bindable(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except PermissionError:
            return well("ports", f"{port}: nobody has it (only root may take it)")
        except OSError as error:
            return wrong("ports", f"{port}: {error.strerror}", "set HTTP_PORT to a free port")
    return well("ports", f"{port}: free")
