"""Runs all four services as one process: `python -m services`. For a small machine, or a debugger."""

import asyncio
import secrets
import signal
from contextlib import AsyncExitStack

import uvloop

from services.chassis import logs
from services.chassis.app import Bind, Ports, ServiceConfig, serving
from services.chassis.config import configuration, load, load_or_exit, setting
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
class AllConfig:
    """What the four must know together; where they find each other they need not be told."""

    database_url: str = setting("DATABASE_URL")
    """PostgreSQL, prepared by `python -m services.init_db`."""
    redis_url: str = setting("REDIS_URL")
    """The Redis that holds live games and sessions."""
    base_urls: str = setting("VLLM_BASE_URL", "")
    """The base model's servers; absent: none."""
    lora_urls: str = setting("LORA_VLLM_BASE_URL", "")
    """The servers that also serve LoRA adapters."""
    base_key: str = setting("VLLM_API_KEY", "")
    """The base servers' API key."""
    lora_key: str = setting("LORA_VLLM_API_KEY", "")
    """The LoRA servers' API key."""
    listen_http: str = setting("LISTEN_HTTP", "127.0.0.1:8000")
    """Where players' HTTP is served."""


async def live(config: AllConfig) -> None:
    """Serves until SIGTERM or SIGINT; then the services drain, those that others call last."""
    log = logs.log(__name__)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    all_of_them = {"SERVICE_CREDENTIAL": secrets.token_urlsafe(32), "LISTEN_INTERNAL": _ANY}
    both = {**all_of_them, "LISTEN_PUBLIC": _ANY}
    models = {
        "VLLM_BASE_URL": config.base_urls,
        "LORA_VLLM_BASE_URL": config.lora_urls,
        "VLLM_API_KEY": config.base_key,
        "LORA_VLLM_API_KEY": config.lora_key,
    }
    async with AsyncExitStack() as stack:

        async def serve(bind: Bind, own: ServiceConfig) -> Ports:
            return await stack.enter_async_context(serving(bind, own.address))

        archive = load(PersistenceConfig, {**both, "DATABASE_URL": config.database_url})
        stored = await serve(persistence.bind(archive), archive)
        servers = load(LlmProxyConfig, {**all_of_them, **models})
        proxy = await serve(llm_proxy.bind(servers), servers)
        where = {
            "PERSISTENCE_ADDRESS_INTERNAL": f"127.0.0.1:{stored.internal}",
            "PERSISTENCE_ADDRESS": f"127.0.0.1:{stored.public}",
            "LLM_PROXY_ADDRESS": f"127.0.0.1:{proxy.internal}",
        }
        games = load(GameConfig, {**both, **where, "REDIS_URL": config.redis_url})
        played = await serve(game.bind(games), games)
        edge = load(
            GatewayConfig, {**all_of_them, **where, "GAME_ADDRESS": f"127.0.0.1:{played.public}", "LISTEN_HTTP": config.listen_http}
        )
        await serve(gateway.bind(edge), edge)
        log.info("serving", http=config.listen_http)
        await stop.wait()
        log.info("draining")
    log.info("stopped")


if __name__ == "__main__":
    logs.configure("maratang")
    uvloop.run(live(load_or_exit(AllConfig)))
