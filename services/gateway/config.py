"""What the gateway must know before it can start."""

from services.chassis.app import ServiceConfig
from services.chassis.config import configuration, setting


@configuration
class GatewayConfig(ServiceConfig):
    """Where it listens for HTTP, and whom it calls."""

    listen_http: str = setting("LISTEN_HTTP", default="127.0.0.1:8000")
    """Where players' HTTP is served, "host:port"; port 0 takes a free one."""
    trusted_proxies: str = setting("TRUSTED_PROXIES", default="127.0.0.1")
    """Whose word is taken for where a request comes from (X-Forwarded-For): addresses or networks, with commas between."""
    game_address: str = setting("GAME_ADDRESS")
    """The public port of game, "host:port"."""
    persistence_address: str = setting("PERSISTENCE_ADDRESS")
    """The public port of persistence, "host:port"."""
    llm_proxy_address: str = setting("LLM_PROXY_ADDRESS")
    """The internal port of llm_proxy, "host:port": asked how the models are, for `/readyz` only."""
