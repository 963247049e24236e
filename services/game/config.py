"""What the game service must know before it can start."""

from datetime import timedelta

from services.chassis.app import ServiceConfig
from services.chassis.config import configuration, setting


@configuration
class GameConfig(ServiceConfig):
    """The game service's settings; all services' stand in ServiceConfig."""

    redis_url: str = setting("REDIS_URL")
    """The Redis that holds live games and sessions, "redis://host:port/0"."""
    persistence_address: str = setting("PERSISTENCE_ADDRESS_INTERNAL")
    """The persistence service's internal port, "host:port"."""
    llm_proxy_address: str = setting("LLM_PROXY_ADDRESS")
    """The llm_proxy service's internal port, "host:port"."""
    lease: timedelta = setting("TURN_LEASE_SECONDS", default=timedelta(seconds=10))
    """How long a worker may be silent before another takes its turn over."""
