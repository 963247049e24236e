"""The frame of all tables: how constraints are named, and what columns share."""

from sqlalchemy import DateTime, MetaData

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
TIME = DateTime(timezone=True)
ROOM_FOR_UPDATES = {"fillfactor": 80}
"""A page keeps room for its rows' next versions, so that an update touches no index (HOT)."""
