"""What init_db must know before it can start."""

from datetime import timedelta
from pathlib import Path

from services.chassis.config import ConfigError, Secret, configuration, setting
from services.persistence.adapters.database import check_url


@configuration
class InitDbConfig:
    """The configuration."""

    database_url: Secret = setting("DATABASE_URL")
    """Where PostgreSQL is, "postgresql+asyncpg://user:password@host:port/database"; its user owns the database."""
    scenarios: Path = setting("SCENARIOS", default=Path("scenarios"))
    """The folder whose folders are packs."""
    database_wait: timedelta = setting("DATABASE_WAIT_SECONDS", default=timedelta(seconds=60))
    """How long to wait for PostgreSQL to answer."""

    def __post_init__(self) -> None:
        try:
            check_url(self.database_url)
        except ValueError as error:
            raise ConfigError([f"DATABASE_URL: {error}"]) from None
