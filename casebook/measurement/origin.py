"""Where a table of the client's data came from: what messages call it and its columns."""

from __future__ import annotations

import weakref
from typing import Any

from casebook.schema.data import DataSource
from casebook.schema.wording import closest, listed

KEY = "casebook"
"""Under which a DataFrame and its columns carry their origin (`attrs`)."""

UNNAMED = "column "
"""What a column is called whose name is blank, with its number."""


class Origin:
    """Where a column came from. It goes along with each part of a table and stays one and the same."""

    def __init__(self, label: str, source: DataSource | None = None, table: Any = None) -> None:
        self.label = label
        """What a message calls the table: `data.orders (d/orders.csv)`."""
        self._source = source
        # A table carries its own origin, and would hold itself for ever.
        self._table = None if table is None else weakref.ref(table)
        self._held: Any = None

    def __deepcopy__(self, memo: object) -> Origin:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Origin, (self.label, self._source)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin) and self.label == other.label and self.table is other.table

    def __hash__(self) -> int:
        return hash(self.label)

    @property
    def table(self) -> Any:
        """The whole table, as long as it or a part of it is there."""
        return None if self._table is None else self._table()

    def of_part(self) -> Origin:
        """The same origin for a part of the table, which keeps the whole."""
        part = Origin(self.label, self._source, self.table)
        part._held = self.table
        return part

    def describe(self, column: object) -> str:
        """The source and a column of it, under both its names."""
        if column is None:
            return self.label
        original = self._source.original(str(column)) if self._source else str(column)
        known = f" ('{original}' there)" if original != column else ""
        return f"{self.label}, column {column}{known}"

    def decimal_of(self, column: object) -> str | None:
        """The decimal mark that the parameter file gives a column."""
        return self._source.decimal_of(column) if self._source else None


def origin_of(values: Any) -> Origin | None:
    """Where a column or a table came from; None where nothing says so."""
    found = getattr(values, "attrs", {}).get(KEY)
    return found if isinstance(found, Origin) else None


def no_column(name: str, names: list[str], label: str) -> str:
    """That a source has no such column, and which ones it has."""
    match = closest(name, names)
    hint = f"did you mean '{match}'? Its" if match else "its"
    elsewhere = "; if the names stand in another row, write header: with its number"
    unnamed = any(each.startswith(UNNAMED) and each[len(UNNAMED) :].isdigit() for each in names)
    shown = f"  hint: {hint} columns are {listed(names)}{elsewhere if unnamed else ''}"
    return f"{label} has no column '{name}'\n{shown}"
