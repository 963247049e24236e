"""Runs the migrations on the connection that the caller hands over, or writes their SQL if none is."""

from alembic import context
from sqlalchemy import text

from services.persistence.schema import metadata

_ASKED = context.config.attributes
_CONNECTION = _ASKED.get("connection")

if _CONNECTION is None:
    context.configure(dialect_name="postgresql", target_metadata=metadata, transaction_per_migration=True)
    for setting in _ASKED["settings"]:
        context.execute(setting)
else:
    for setting in _ASKED["settings"]:
        _CONNECTION.execute(text(setting))
    _CONNECTION.commit()
    context.configure(connection=_CONNECTION, target_metadata=metadata, transaction_per_migration=True, on_version_apply=_ASKED["note"])
with context.begin_transaction():
    context.run_migrations()
