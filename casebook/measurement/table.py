"""A DataFrame that says what columns there are when one is asked for that is not."""

from __future__ import annotations

from typing import Any

import pandas as pd

from casebook.errors import CaseError
from casebook.measurement.origin import KEY, Origin, no_column, origin_of
from casebook.schema.data import DataSource


class Table(pd.DataFrame):
    """A DataFrame of a source; a missing column is a CaseError that names the source and its columns."""

    @classmethod
    def of(cls, frame: Any, label: str, source: DataSource | None = None) -> Table:
        """A table that knows its origin."""
        table = cls(frame)
        table.attrs[KEY] = Origin(label, source, table)
        return table

    @property
    def _constructor(self) -> Any:
        return Table

    def __getitem__(self, key: Any) -> Any:
        origin = origin_of(self)
        missing = [name for name in (key if isinstance(key, list) else [key]) if isinstance(name, str)]
        missing = [name for name in missing if name not in self.columns]
        if missing:
            names = [str(name) for name in self.columns]
            raise CaseError(no_column(missing[0], names, origin.label if origin else "the table"))
        part = super().__getitem__(key)
        if origin is not None and hasattr(part, "attrs"):
            part.attrs[KEY] = origin.of_part()
        return part
