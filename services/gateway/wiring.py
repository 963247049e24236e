"""Who is connected to whom, in the order it opens."""

from collections.abc import Callable

from maratang.game.v1 import game_service_pb2, player_service_pb2
from maratang.persistence.v1 import player_data_service_pb2, scenario_service_pb2

from services.chassis.app import GRACE_SECONDS, Bind, Offer
from services.chassis.clients import connect
from services.chassis.http2.channel import channel
from services.chassis.logs import log
from services.chassis.resources import Resources
from services.gateway.app import Gateway, HttpMetrics
from services.gateway.calls import PING_SECONDS, RouteCalls
from services.gateway.config import GatewayConfig
from services.gateway.connections import Connections, Patience
from services.gateway.cors import Cors
from services.gateway.docs_page import docs_page
from services.gateway.draining import Draining
from services.gateway.http_server import http_server
from services.gateway.json_reader import JsonReaders
from services.gateway.json_writer import JsonWriters
from services.gateway.openapi import openapi
from services.gateway.pages import Documents, contract, pages
from services.gateway.readiness import Models, Readiness, serving_check
from services.gateway.routes import Route, routes

LAST_SECONDS = 2.0
"""How long what is ended at the end of the grace has to be said."""
_log = log(__name__)


def public_routes() -> tuple[Route, ...]:
    """Every route there is: the players' services of the contract."""
    game, players = game_service_pb2.DESCRIPTOR, player_service_pb2.DESCRIPTOR
    own_data, scenarios = player_data_service_pb2.DESCRIPTOR, scenario_service_pb2.DESCRIPTOR
    return tuple(
        routes(
            [
                ("game", players.services_by_name["PlayerService"]),
                ("persistence", own_data.services_by_name["PlayerDataService"]),
                ("persistence", scenarios.services_by_name["ScenarioService"]),
                ("game", game.services_by_name["GameService"]),
            ]
        )
    )


def bind(
    config: GatewayConfig,
    *,
    grace: float = GRACE_SECONDS,
    ping_seconds: float = PING_SECONDS,
    listening: Callable[[int], None] | None = None,
    linger: float = 0,
    patience: Patience | None = None,
    shared: bool = False,
) -> Bind:
    """The gateway's wiring. `listening` is told the HTTP port.

    `grace`: seconds that streams get to finish in after SIGTERM; `linger`: seconds that connections are then kept for those who may be
    about to send; `shared`: other processes serve the same port.
    """

    async def bound(resources: Resources) -> Offer:
        channels = {
            "game": await resources.open(channel(config.game_address)),
            "persistence": await resources.open(channel(config.persistence_address)),
        }
        resources.probe("game", serving_check(await resources.open(connect(config.game_address)), "game"))
        # Play goes on while PostgreSQL, and with it persistence, is away.
        asked = await resources.open(connect(config.persistence_address))
        resources.probe("persistence", serving_check(asked, "persistence"), required=False)
        models = Models(await resources.open(connect(config.llm_proxy_address, credential=config.service_credential)))
        resources.background(models.watch(), "models")

        draining, readers, writers = Draining(), JsonReaders(), JsonWriters()
        table = public_routes()
        calls = [RouteCalls(one, channels[one.target], readers, writers, draining, ping_seconds=ping_seconds) for one in table]
        document = openapi(table, contract())
        documents = Documents(openapi=document, docs=docs_page(document))
        own = pages(documents, Readiness(resources.health, models, draining).document)
        app = Gateway(calls, own, draining, HttpMetrics(resources.metrics.registry), resources.tracing, Cors(config.cors_origins))
        connections = Connections(config.connections, config.connections_of_address, config.trusted_proxies)
        server = await resources.open(
            http_server(
                app,
                config.listen_http,
                trusted_proxies=config.trusted_proxies,
                connections=connections,
                patience=patience,
                shared=shared,
            )
        )
        _log.info("listening", http_port=server.port)
        if listening is not None:
            listening(server.port)

        async def stopping() -> None:
            if shared:
                server.stop_accepting()
            await draining.drain(grace)
            if draining.idle:
                await server.idle(linger)
            await draining.close(LAST_SECONDS)

        return Offer(public={}, internal={}, credential=config.service_credential, stopping=stopping)

    return bound
