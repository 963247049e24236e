"""Everything the game service is made of, in the order it is opened."""

from functools import partial

from maratang.game.v1 import admin_service_pb2_grpc, game_service_pb2_grpc, player_service_pb2_grpc
from maratang.llm_proxy.v1.generation_service_pb2_grpc import GenerationServiceStub
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub
from maratang.persistence.v1.bookmark_service_pb2_grpc import BookmarkServiceStub
from maratang.persistence.v1.login_service_pb2_grpc import LoginServiceStub
from maratang.persistence.v1.writing_service_pb2_grpc import WritingServiceStub

from services.chassis.app import Bind, Offer
from services.chassis.clients import connect
from services.chassis.resources import Resources
from services.game.adapters import keys, redis_connection
from services.game.adapters.archive import Archive
from services.game.adapters.archived_bookmarks import ArchivedBookmarks
from services.game.adapters.archived_logins import ArchivedLogins
from services.game.adapters.archived_writings import ArchivedWritings
from services.game.adapters.audit import Audit
from services.game.adapters.model import Model
from services.game.adapters.redis_erasures import RedisErasures
from services.game.adapters.redis_games import Rate, RedisGames
from services.game.adapters.redis_jumps import RedisJumps
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_paces import RedisPaces
from services.game.adapters.redis_reads import RedisReads
from services.game.adapters.redis_sessions import RedisSessions
from services.game.adapters.redis_streams import Followers
from services.game.adapters.redis_tokens import RedisTokens
from services.game.admin_servicer import AdminServicer
from services.game.banning import Banning
from services.game.bookmarks import Bookmarks
from services.game.branches import Branches
from services.game.chronicles import Chronicles
from services.game.config import GameConfig
from services.game.deciding import Deciding
from services.game.erasing import Erasing
from services.game.evictor import Evictor
from services.game.game_servicer import GameServicer
from services.game.games import Games
from services.game.hints import Hints
from services.game.jumps import Jumps
from services.game.loading import Loading
from services.game.logins import TRIES_OF_ADDRESS, TRIES_OF_LOGIN, Logins
from services.game.open_streams import OpenStreams
from services.game.operating import Operating
from services.game.passwords import passwords
from services.game.player_servicer import PlayerServicer
from services.game.players import Players
from services.game.reaper import Reaper
from services.game.recent import Recent
from services.game.reporting import Reporting
from services.game.retelling import Retelling
from services.game.saves import Saves
from services.game.shelf import Shelf
from services.game.states import States
from services.game.sync import Sync
from services.game.tellings import Tellings
from services.game.turn_times import TurnTimes
from services.game.turns import Turns
from services.game.wording import Wording
from services.game.workers import Workers

DRAIN_SECONDS = 8.0
"""How long turns under way may go on after SIGTERM; another process takes over what is left."""


def bind(config: GameConfig) -> Bind:
    """The game service's wiring."""

    async def bind_game(resources: Resources) -> Offer:
        lease_seconds = config.lease.total_seconds()
        renew_seconds = lease_seconds / 3
        registry = resources.metrics.registry

        redis = await resources.open(redis_connection.connect(config.redis_url))
        resources.probe("redis", partial(redis_connection.ping, redis))
        # Readers block on Redis, on a cluster one for each shard: they have connections of their own.
        streams_redis = await resources.open(redis_connection.connect(config.redis_url, connections=keys.SHARDS))
        persistence = await resources.open(connect(config.persistence_address, credential=config.service_credential))
        llm_proxy = await resources.open(connect(config.llm_proxy_address, credential=config.service_credential))

        archive = config.breakable(archive=Archive(ArchiveServiceStub(persistence)))
        rate = Rate(burst=config.turn_burst, interval=config.turn_interval)
        live = config.breakable(redis=RedisGames(redis, lease_ms=int(lease_seconds * 1000), rate=rate))
        keeping = config.breakable(redis=RedisKeeping(redis))
        reads = RedisReads(redis)
        followers = Followers(streams_redis, reads)
        loading = Loading(keeping, reads, archive)
        shelf, erasures = Shelf(redis, archive), RedisErasures(redis)
        recent, states, workers = Recent(), States(), Workers(registry)
        sync = Sync(keeping, reads, archive, loading, erasures, workers, registry)
        tokens = RedisTokens(redis, config.tokens_a_day)
        model = Model(GenerationServiceStub(llm_proxy), tokens)
        tellings = Tellings(live, followers, model, sync, recent, registry, renew_seconds=renew_seconds)
        deciding = Deciding(live, followers, shelf, model, tellings, recent, states, renew_seconds=renew_seconds)
        reaper = Reaper(live, reads, loading, shelf, deciding, tellings, workers, every_seconds=min(1.0, lease_seconds / 4))
        paces = RedisPaces(redis, Rate(burst=config.player_burst, interval=config.player_interval))
        turns = Turns(live, reads, followers, archive, loading, deciding, workers, paces)
        evictor = Evictor(keeping, reads, registry, idle=config.idle)
        games = Games(keeping, archive, loading, shelf, sync, states)
        jumps = Jumps(RedisJumps(redis), archive, loading, shelf, sync)
        bookmarks = Bookmarks(ArchivedBookmarks(BookmarkServiceStub(persistence)), loading, shelf, sync)
        branches, saves = Branches(bookmarks, jumps, loading, shelf), Saves(bookmarks, jumps, loading, shelf)
        operating = Operating(keeping, reads, loading, shelf, jumps, sync, Audit(ArchiveServiceStub(persistence)))
        sessions = RedisSessions(redis)
        players = Players(sessions, archive)
        logins = Logins(
            ArchivedLogins(LoginServiceStub(persistence)),
            sessions,
            await resources.open(passwords()),
            of_login=RedisPaces(redis, TRIES_OF_LOGIN),
            of_address=RedisPaces(redis, TRIES_OF_ADDRESS),
        )
        writings, wording = ArchivedWritings(WritingServiceStub(persistence)), Wording(model)
        erasing = Erasing(archive, reads, erasures, settled=config.erasure_settled)

        resources.on_close(tokens.drain)
        resources.background(tokens.run(), "tokens")
        resources.background(followers.read_for_all(), "streams")
        resources.background(sync.run(), "sync")
        resources.background(sync.sweep(), "sync sweep")
        resources.background(reaper.run(), "reaper")
        resources.background(evictor.run(), "evictor")
        resources.background(erasing.run(), "erasures")
        resources.background(Banning(archive, sessions).run(), "bans")

        async def stopping() -> None:
            await workers.drain(seconds=DRAIN_SECONDS)
            await sync.drain()

        return Offer(
            public={
                "maratang.game.v1.GameService": partial(
                    game_service_pb2_grpc.add_GameServiceServicer_to_server,
                    GameServicer(
                        games,
                        turns,
                        branches,
                        saves,
                        erasing,
                        Reporting(loading, sync, archive),
                        TurnTimes(registry),
                        Retelling(loading, shelf, sync, writings, wording, paces),
                        Hints(games, paces),
                        Chronicles(loading, shelf, sync, writings, wording, workers),
                        OpenStreams(config.player_streams),
                    ),
                ),
                "maratang.game.v1.PlayerService": partial(
                    player_service_pb2_grpc.add_PlayerServiceServicer_to_server,
                    PlayerServicer(players, logins, erasing),
                ),
            },
            internal={
                "maratang.game.v1.AdminService": partial(
                    admin_service_pb2_grpc.add_AdminServiceServicer_to_server,
                    AdminServicer(operating),
                ),
            },
            lookup=players.lookup,
            credential=config.service_credential,
            stopping=stopping,
        )

    return bind_game
