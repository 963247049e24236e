"""Many rows in one statement whose text is always the same: one array a column, unnested by the server."""

from collections.abc import Sequence

from sqlalchemy import JSON, ColumnElement, Table, Text, bindparam, cast, column, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import TableValuedAlias


class Unnested:
    """Rows like those of a table, as a statement sees them: `rows` to select from, `arrays()` to send along."""

    def __init__(self, table: Table, names: Sequence[str] | None = None, *, prefix: str = "sent") -> None:
        """`prefix` names the rows and their parameters: needed where a statement has several."""
        self._prefix = prefix
        self._columns = [table.c[name] for name in names] if names else list(table.c)
        # JSON goes as text, as it is: the server reads it, nobody writes it anew.
        types = [Text() if isinstance(one.type, JSON) else one.type for one in self._columns]
        parameters = [bindparam(f"{prefix}_{one.name}", type_=ARRAY(kind)) for one, kind in zip(self._columns, types, strict=True)]
        named = (column(one.name, kind) for one, kind in zip(self._columns, types, strict=True))
        self.rows: TableValuedAlias = func.unnest(*parameters).table_valued(*named, name=prefix).render_derived()

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [one.name for one in self._columns]

    @property
    def values(self) -> list[ColumnElement[object]]:
        """The columns, in the types of the table."""
        return [cast(self.rows.c[one.name], one.type) if isinstance(one.type, JSON) else self.rows.c[one.name] for one in self._columns]

    def arrays(self, things: Sequence[object]) -> dict[str, list[object]]:
        """The parameters that carry `things`, whose attributes are named as the columns are."""
        return {f"{self._prefix}_{name}": [getattr(thing, name) for thing in things] for name in self.names}
