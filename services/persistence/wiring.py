"""Who is connected to whom, in the order it opens."""

from functools import partial

from maratang.persistence.v1.admin_service_pb2_grpc import add_AdminServiceServicer_to_server
from maratang.persistence.v1.archive_service_pb2_grpc import add_ArchiveServiceServicer_to_server
from maratang.persistence.v1.bookmark_service_pb2_grpc import add_BookmarkServiceServicer_to_server
from maratang.persistence.v1.login_service_pb2_grpc import add_LoginServiceServicer_to_server
from maratang.persistence.v1.model_backend_service_pb2_grpc import add_ModelBackendServiceServicer_to_server
from maratang.persistence.v1.player_data_service_pb2_grpc import add_PlayerDataServiceServicer_to_server
from maratang.persistence.v1.scenario_service_pb2_grpc import add_ScenarioServiceServicer_to_server
from maratang.persistence.v1.writing_service_pb2_grpc import add_WritingServiceServicer_to_server

from services.chassis.app import Bind, Offer
from services.chassis.context import Caller
from services.chassis.resources import Resources
from services.persistence.adapters.database import connected
from services.persistence.adapters.postgres_audit import PostgresAudit
from services.persistence.adapters.postgres_bans import PostgresBans
from services.persistence.adapters.postgres_bookmarks import PostgresBookmarks
from services.persistence.adapters.postgres_erasures import PostgresErasures
from services.persistence.adapters.postgres_export import PostgresExport
from services.persistence.adapters.postgres_games import PostgresGames
from services.persistence.adapters.postgres_logins import PostgresLogins
from services.persistence.adapters.postgres_model_backends import PostgresModelBackends
from services.persistence.adapters.postgres_players import PostgresPlayers
from services.persistence.adapters.postgres_reports import PostgresReports
from services.persistence.adapters.postgres_retention import PostgresRetention
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.adapters.postgres_statistics import PostgresStatistics
from services.persistence.adapters.postgres_traces import PostgresModelCalls
from services.persistence.adapters.postgres_writings import PostgresWritings
from services.persistence.admin_servicer import Admin
from services.persistence.archive_servicer import Archive
from services.persistence.bookmark_servicer import Bookmarks
from services.persistence.config import PersistenceConfig
from services.persistence.login_servicer import Logins
from services.persistence.model_backend_servicer import ModelBackends
from services.persistence.player_servicer import PlayerData
from services.persistence.retention import Retention
from services.persistence.saving import Saving
from services.persistence.scenario_servicer import Scenarios
from services.persistence.wire.bans import banned
from services.persistence.writing_servicer import Writings


def bind(config: PersistenceConfig) -> Bind:
    """The service, wired by `config`."""

    async def bind(resources: Resources) -> Offer:
        database = config.breakable(database=await resources.open(connected(config.database_url)))
        resources.probe("postgres", database.ping)
        players, scenarios, games = PostgresPlayers(database), PostgresScenarios(database), PostgresGames(database)
        saving = Saving(games, resources.metrics.registry)
        audit, statistics, erasures = PostgresAudit(database), PostgresStatistics(database), PostgresErasures(database)
        reports, bans = PostgresReports(database), PostgresBans(database)
        store = PostgresRetention(database)
        retention = Retention(store, audit, config.kept, resources.metrics.registry, every=config.retention_every)
        resources.background(retention.run(), "retention")
        archive = Archive(
            players=players,
            scenarios=scenarios,
            games=games,
            saving=saving,
            audit=audit,
            model_calls=PostgresModelCalls(database),
            erasures=erasures,
            reports=reports,
            bans=bans,
        )

        async def signed_in(_token: str, token_hash: bytes) -> Caller | None:
            session = await players.find_session(token_hash)
            if session is None:
                return None
            if session.banned:
                raise banned()
            return Caller(player_id=str(session.player.player_id), token_hash=token_hash, locale=session.player.locale)

        return Offer(
            public={
                "maratang.persistence.v1.PlayerDataService": partial(
                    add_PlayerDataServiceServicer_to_server,
                    PlayerData(players, statistics, PostgresExport(database)),
                ),
                "maratang.persistence.v1.ScenarioService": partial(
                    add_ScenarioServiceServicer_to_server,
                    Scenarios(scenarios, statistics),
                ),
            },
            internal={
                "maratang.persistence.v1.ArchiveService": partial(
                    add_ArchiveServiceServicer_to_server,
                    archive,
                ),
                "maratang.persistence.v1.LoginService": partial(
                    add_LoginServiceServicer_to_server,
                    Logins(PostgresLogins(database)),
                ),
                "maratang.persistence.v1.BookmarkService": partial(
                    add_BookmarkServiceServicer_to_server,
                    Bookmarks(PostgresBookmarks(database)),
                ),
                "maratang.persistence.v1.WritingService": partial(
                    add_WritingServiceServicer_to_server,
                    Writings(PostgresWritings(database)),
                ),
                "maratang.persistence.v1.ModelBackendService": partial(
                    add_ModelBackendServiceServicer_to_server,
                    ModelBackends(PostgresModelBackends(database)),
                ),
                "maratang.persistence.v1.AdminService": partial(
                    add_AdminServiceServicer_to_server,
                    Admin(
                        audit=audit,
                        statistics=statistics,
                        erasures=erasures,
                        reports=reports,
                        retention=retention,
                        scenarios=scenarios,
                        bans=bans,
                    ),
                ),
            },
            lookup=signed_in,
            credential=config.service_credential,
        )

    return bind
