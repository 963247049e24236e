"""What the persistence service must know before it can start."""

from dataclasses import fields
from datetime import timedelta

from services.chassis.app import ServiceConfig
from services.chassis.config import ConfigError, Secret, configuration, setting
from services.persistence.adapters.database import check_url
from services.persistence.retention import Kept


@configuration
class PersistenceConfig(ServiceConfig):
    """The service's configuration."""

    database_url: Secret = setting("DATABASE_URL")
    """Where PostgreSQL is, "postgresql+asyncpg://user:password@host:port/database"."""
    texts_days: int = setting("RETENTION_TEXTS_DAYS", default=0)
    """After how many days what was written and told in an ended game is deleted, its facts aside; 0: never."""
    guests_days: int = setting("RETENTION_GUESTS_DAYS", default=30)
    """After how many days a guest is deleted who has no game and no session; 0: never."""
    audit_days: int = setting("RETENTION_AUDIT_DAYS", default=365)
    """After how many days an entry of the audit is deleted, 30 at the least; 0: never."""
    model_calls_days: int = setting("RETENTION_MODEL_CALLS_DAYS", default=90)
    """After how many days a single call of a model is deleted, of which the sums stay; 0: never."""
    retention_every: timedelta = setting("RETENTION_EVERY_SECONDS", default=timedelta(hours=1))
    """How often it is looked for what is to be deleted."""

    def __post_init__(self) -> None:
        faults: list[str] = []
        try:
            check_url(self.database_url)
        except ValueError as error:
            faults.append(f"DATABASE_URL: {error}")
        days = [field for field in fields(self) if field.name.endswith("_days")]
        faults += [f"{field.metadata['env']}: is negative" for field in days if getattr(self, field.name) < 0]
        if faults:
            raise ConfigError(faults)

    @property
    def kept(self) -> Kept:
        """For how long things are kept."""
        return Kept(
            texts=_days(self.texts_days),
            guests=_days(self.guests_days),
            audit=_days(self.audit_days),
            model_calls=_days(self.model_calls_days),
        )


def _days(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None
