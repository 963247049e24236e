"""How turns came about, in PostgreSQL; and the sums of model calls, which follow from the calls that were really stored."""

from collections.abc import Sequence

from sqlalchemy import CTE, Boolean, Date, Table, and_, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert

from services.persistence.adapters.database import Database
from services.persistence.adapters.unnested import Unnested
from services.persistence.schema import judgements, model_calls, model_statistics, tellings
from services.persistence.traces import ModelCall, Traces

_sent_tellings = Unnested(tellings, prefix="telling")
_sent_judgements = Unnested(judgements, prefix="judgement")
_sent_calls = Unnested(model_calls, prefix="call")


def _storing(table: Table, sent: Unnested) -> PostgresInsert:
    """What is stored already stays as it is."""
    return insert(table).from_select(sent.names, select(*sent.values)).on_conflict_do_nothing()


def _storing_calls() -> CTE:
    """The calls that are stored. One that was stored before, by whoever made it, gets the turn that it came to."""
    new = insert(model_calls).from_select(_sent_calls.names, select(*_sent_calls.values))
    linked = new.on_conflict_do_update(
        index_elements=[model_calls.c.call_id],
        set_={"game_id": new.excluded.game_id, "number": new.excluded.number},
        where=and_(model_calls.c.game_id.is_(None), new.excluded.game_id.is_not(None)),
    )
    # A row that was inserted now has never been locked or changed by anyone.
    return linked.returning(*model_calls.c, literal_column("xmax = 0", Boolean).label("is_new")).cte("stored_calls")


_stored_calls = _storing_calls()


def _summing() -> PostgresInsert:
    calls = _stored_calls.c
    key = (
        cast(func.timezone("UTC", calls.create_time), Date).label("day"),
        calls.purpose,
        calls.backend,
        calls.model,
        calls.outcome,
    )
    sums = (
        select(
            *key,
            func.count(),
            func.sum(calls.prompt_tokens),
            func.sum(calls.completion_tokens),
            func.coalesce(func.sum(calls.first_token_ms), 0),
            func.sum(calls.duration_ms),
        )
        .where(calls.is_new)
        .group_by(*(literal_column(str(at)) for at in range(1, 6)))
    )
    names = list(model_statistics.c.keys())
    # In the order of the key: writers never wait for each other in a ring.
    new = insert(model_statistics).from_select(names, sums.order_by(*(literal_column(str(at)) for at in range(1, 6))))
    return new.on_conflict_do_update(
        index_elements=names[:5], set_={name: model_statistics.c[name] + new.excluded[name] for name in names[5:]}
    )


_WRITE_CALLS = _summing()
ADDING = (
    _storing(tellings, _sent_tellings).cte("new_tellings"),
    _storing(judgements, _sent_judgements).cte("new_judgements"),
    _WRITE_CALLS.cte("new_model_statistics"),
)
"""What adds traces: for a statement of the transaction that stores the rows that they are of. What is stored already stays as it is."""


def arrays(traces: Sequence[Traces]) -> dict[str, list[object]]:
    """The parameters of `ADDING`."""
    return {
        **_sent_tellings.arrays([one for each in traces for one in each.tellings]),
        **_sent_judgements.arrays([one for each in traces for one in each.judgements]),
        **_sent_calls.arrays([one for each in traces for one in each.model_calls]),
    }


class PostgresModelCalls:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, calls: Sequence[ModelCall]) -> None:
        """Stores calls that came to no turn; the same call twice is one call."""
        if calls:
            await self._database.write(lambda connection: connection.execute(_WRITE_CALLS, _sent_calls.arrays(calls)))
