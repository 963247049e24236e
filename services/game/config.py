"""What the game service must know before it can start."""

from datetime import timedelta

from services.chassis.app import ServiceConfig
from services.chassis.config import configuration, setting


@configuration
class GameConfig(ServiceConfig):
    """The game service's settings; all services' stand in ServiceConfig."""

    redis_url: str = setting("REDIS_URL")
    """The Redis that holds live games and sessions: "redis://host:port/0", or a cluster: "redis+cluster://host:port,host:port"."""
    persistence_address: str = setting("PERSISTENCE_ADDRESS_INTERNAL")
    """The persistence service's internal port, "host:port"."""
    llm_proxy_address: str = setting("LLM_PROXY_ADDRESS")
    """The llm_proxy service's internal port, "host:port"."""
    lease: timedelta = setting("TURN_LEASE_SECONDS", default=timedelta(seconds=10))
    """How long a worker may be silent before another takes its turn over."""
    turn_burst: int = setting("TURN_BURST", default=20)
    """How many turns of a game may follow each other at once; 0: as many as you like."""
    turn_interval: timedelta = setting("TURN_INTERVAL_SECONDS", default=timedelta(seconds=1))
    """How often a turn of a game may be taken in the long run."""
    player_burst: int = setting("PLAYER_TURN_BURST", default=40)
    """How many turns a player may ask for at once, over all games; 0: as many as you like."""
    player_interval: timedelta = setting("PLAYER_TURN_INTERVAL_SECONDS", default=timedelta(milliseconds=500))
    """How often a player may ask for a turn in the long run."""
    player_streams: int = setting("PLAYER_STREAMS", default=16)
    """How many turns a player may stream or wait for at once at this process; 0: as many as you like."""
    idle: timedelta = setting("GAME_IDLE_SECONDS", default=timedelta(hours=24))
    """How long a game is kept in Redis after its last turn; PostgreSQL has it, and it is loaded when it is played again."""
    erasure_settled: timedelta = setting("ERASURE_SETTLED_SECONDS", default=timedelta(seconds=60))
    """For how long what was erased is looked for in Redis, where work under way may bring it back; then its ids are forgotten too."""
    tokens_a_day: int = setting("PLAYER_TOKENS_PER_DAY", default=1_000_000)
    """How many tokens of models (prompts and texts) a player may have a day of UTC; then the pack's text tells turns. 0: any number."""
