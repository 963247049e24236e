"""What the gateway must know before it can start."""

import os
import re
from dataclasses import replace
from typing import Self

from services.chassis.app import ServiceConfig
from services.chassis.config import ConfigError, configuration, setting
from services.gateway.connections import MOST, MOST_OF_ADDRESS


@configuration
class GatewayConfig(ServiceConfig):
    """Where it listens for HTTP, and whom it calls."""

    listen_http: str = setting("LISTEN_HTTP", default="127.0.0.1:8000")
    """Where players' HTTP is served, "host:port"; port 0 takes a free one."""
    trusted_proxies: str = setting("TRUSTED_PROXIES", default="127.0.0.1")
    """Whose word is taken for where a request comes from (X-Forwarded-For): addresses or networks, with commas between."""
    processes: int = setting("GATEWAY_PROCESSES", default=1)
    """How many processes serve HTTP on the one port; 0: one for each core. SIGHUP starts them anew, one after the other."""
    cors_origins: tuple[str, ...] = setting("CORS_ORIGINS", default=())
    """Which other pages' scripts may call, "https://play.example, https://…"; "*": all; absent: none but the server's own."""
    connections: int = setting("HTTP_CONNECTIONS", default=MOST)
    """How many connections a process keeps open at once."""
    connections_of_address: int = setting("HTTP_CONNECTIONS_PER_ADDRESS", default=MOST_OF_ADDRESS)
    """How many of them may come from one address. Those of TRUSTED_PROXIES stand for many, and have no limit."""
    game_address: str = setting("GAME_ADDRESS")
    """The public port of game, "host:port"."""
    persistence_address: str = setting("PERSISTENCE_ADDRESS")
    """The public port of persistence, "host:port"."""
    llm_proxy_address: str = setting("LLM_PROXY_ADDRESS")
    """The internal port of llm_proxy, "host:port": asked how the models are, for `/readyz` only."""

    def __post_init__(self) -> None:
        """Raises ConfigError for what makes no sense."""
        faults: list[str] = []
        if self.processes < 0:
            faults.append(f"GATEWAY_PROCESSES: {self.processes} is negative")
        if self.process_count > 1 and self.listen_http.endswith(":0"):
            faults.append("LISTEN_HTTP: several processes need a port that they know, not 0")
        faults += [f"CORS_ORIGINS: {one!r} is no origin, such as https://play.example" for one in self.cors_origins if not _is_origin(one)]
        if faults:
            raise ConfigError(faults)

    @property
    def process_count(self) -> int:
        """How many processes serve."""
        return self.processes or os.cpu_count() or 1

    def of_process(self, index: int) -> Self:
        """What the process of this number, from 0, is to know: each serves its metrics one port further on."""
        if self.listen_metrics is None or self.listen_metrics.endswith(":0"):
            return self
        host, _, port = self.listen_metrics.rpartition(":")
        return replace(self, listen_metrics=f"{host}:{int(port) + index}")


def _is_origin(text: str) -> bool:
    return text == "*" or re.fullmatch(r"https?://[^/\s]+", text) is not None
