"""All four services in one process: for a small machine, a debugger, and the tests."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from services.chassis.app import GRACE_SECONDS, Bind, Ports, ServiceConfig, serving
from services.chassis.config import Secret, configuration, setting
from services.chassis.tracing import UNTRACED, Tracing
from services.game import wiring as game
from services.game.config import GameConfig
from services.gateway import wiring as gateway
from services.gateway.config import GatewayConfig
from services.llm_proxy import wiring as llm_proxy
from services.llm_proxy.config import LlmProxyConfig
from services.persistence import wiring as persistence
from services.persistence.config import PersistenceConfig

_ANY = "127.0.0.1:0"


@configuration
class TogetherConfig:
    """What the four must know together; where they find each other they need not be told."""

    database_url: Secret = setting("DATABASE_URL")
    """PostgreSQL, prepared by `python -m services.init_db`."""
    redis_url: str = setting("REDIS_URL")
    """The Redis that holds live games and sessions."""
    base_urls: tuple[str, ...] = setting("VLLM_BASE_URL", default=())
    """The base model's servers; absent: none."""
    lora_urls: tuple[str, ...] = setting("LORA_VLLM_BASE_URL", default=())
    """The servers that also serve LoRA adapters."""
    base_key: Secret | None = setting("VLLM_API_KEY", default=None)
    """The base servers' API key."""
    lora_key: Secret | None = setting("LORA_VLLM_API_KEY", default=None)
    """The LoRA servers' API key."""
    listen_http: str = setting("LISTEN_HTTP", default="127.0.0.1:8000")
    """Where players' HTTP is served; port 0 takes a free one."""
    lease: timedelta = setting("TURN_LEASE_SECONDS", default=timedelta(seconds=10))
    """How long a worker may be silent before another takes its turn over."""
    tokens_a_day: int = setting("PLAYER_TOKENS_PER_DAY", default=1_000_000)
    """How many tokens of models a player may have a day; 0: any number."""
    turn_burst: int = setting("TURN_BURST", default=20)
    """How many turns of a game may follow each other at once; 0: as many as you like."""
    player_burst: int = setting("PLAYER_TURN_BURST", default=40)
    """How many turns a player may ask for at once, over all games; 0: as many as you like."""
    erasure_settled: timedelta = setting("ERASURE_SETTLED_SECONDS", default=timedelta(seconds=60))
    """For how long what was erased is looked for in Redis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Where the four listen, and the credential they made for themselves."""

    http_port: int
    credential: Secret
    gateway: Ports
    game: Ports
    llm_proxy: Ports
    persistence: Ports


@asynccontextmanager
async def together(
    config: TogetherConfig, *, grace: float = GRACE_SECONDS, tracing: Callable[[str], Tracing] = lambda _: UNTRACED
) -> AsyncIterator[Together]:
    """The four services while the block lasts; then they drain, those that others call last. `tracing` makes each service's own."""
    credential = Secret(secrets.token_urlsafe(32))
    async with AsyncExitStack() as stack:

        async def serve(service: str, bind: Bind, own: ServiceConfig) -> Ports:
            return await stack.enter_async_context(serving(bind, own.address, grace=grace, tracing=tracing(service)))

        archive = PersistenceConfig(
            database_url=config.database_url, service_credential=credential, listen_internal=_ANY, listen_public=_ANY
        )
        stored = await serve("persistence", persistence.bind(archive), archive)
        servers = LlmProxyConfig(
            base_urls=config.base_urls,
            lora_urls=config.lora_urls,
            base_key=config.base_key,
            lora_key=config.lora_key,
            persistence_address=f"127.0.0.1:{stored.internal}",
            service_credential=credential,
            listen_internal=_ANY,
        )
        proxy = await serve("llm_proxy", llm_proxy.bind(servers), servers)
        games = GameConfig(
            redis_url=config.redis_url,
            persistence_address=f"127.0.0.1:{stored.internal}",
            llm_proxy_address=f"127.0.0.1:{proxy.internal}",
            lease=config.lease,
            tokens_a_day=config.tokens_a_day,
            turn_burst=config.turn_burst,
            player_burst=config.player_burst,
            erasure_settled=config.erasure_settled,
            listen_public=_ANY,
            service_credential=credential,
            listen_internal=_ANY,
        )
        played = await serve("game", game.bind(games), games)
        edge = GatewayConfig(
            listen_http=config.listen_http,
            game_address=f"127.0.0.1:{played.public}",
            persistence_address=f"127.0.0.1:{stored.public}",
            llm_proxy_address=f"127.0.0.1:{proxy.internal}",
            service_credential=credential,
            listen_internal=_ANY,
        )
        http: list[int] = []
        door = await serve("gateway", gateway.bind(edge, grace=grace, listening=http.append), edge)
        yield Together(http_port=http[0], credential=credential, gateway=door, game=played, llm_proxy=proxy, persistence=stored)
