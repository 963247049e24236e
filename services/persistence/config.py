"""What the persistence service must know before it can start."""

from services.chassis.app import ServiceConfig
from services.chassis.config import ConfigError, Secret, configuration, setting
from services.persistence.adapters.database import check_url


@configuration
class PersistenceConfig(ServiceConfig):
    """The service's configuration."""

    database_url: Secret = setting("DATABASE_URL")
    """Where PostgreSQL is, "postgresql+asyncpg://user:password@host:port/database"."""

    def __post_init__(self) -> None:
        try:
            check_url(self.database_url)
        except ValueError as error:
            raise ConfigError([f"DATABASE_URL: {error}"]) from None
