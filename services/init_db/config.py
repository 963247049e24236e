"""What init_db must know before it can start."""

from datetime import timedelta
from pathlib import Path

from services.chassis.config import ConfigError, Secret, configuration, setting
from services.persistence.adapters.database import check_url
from services.persistence.scram import password_fault


@configuration
class InitDbConfig:
    """The configuration."""

    database_url: Secret = setting("DATABASE_URL")
    """Where PostgreSQL is, "postgresql+asyncpg://user:password@host:port/database"; its user owns the database."""
    database_app_password: Secret | None = setting("DATABASE_APP_PASSWORD", default=None)
    """What the persistence service signs in with, as "maratang_app"; absent: that role keeps the password it has, if any."""
    database_read_password: Secret | None = setting("DATABASE_READ_PASSWORD", default=None)
    """What operators sign in with to read, as "maratang_read"; absent: as above."""
    scenarios: Path = setting("SCENARIOS", default=Path("scenarios"))
    """The folder whose folders are packs."""
    database_wait: timedelta = setting("DATABASE_WAIT_SECONDS", default=timedelta(seconds=60))
    """How long to wait for PostgreSQL to answer."""

    def __post_init__(self) -> None:
        try:
            check_url(self.database_url)
        except ValueError as error:
            raise ConfigError([f"DATABASE_URL: {error}"]) from None
        passwords = {"DATABASE_APP_PASSWORD": self.database_app_password, "DATABASE_READ_PASSWORD": self.database_read_password}
        if faults := [f"{name}: {fault}" for name, password in passwords.items() if (fault := password_fault(password))]:
            raise ConfigError(faults)
