"""A DataFrame that says what columns there are when one is asked for that is not."""

from __future__ import annotations

from typing import Any

import pandas as pd

from casebook.errors import CaseError
from casebook.reading.wording import closest, listed


class Table(pd.DataFrame):
    """A DataFrame of a source; a missing column is a CaseError that names the source and its columns."""

    @property
    def _constructor(self) -> Any:
        return Table

    def __getitem__(self, key: Any) -> Any:
        missing = [name for name in (key if isinstance(key, list) else [key]) if isinstance(name, str)]
        missing = [name for name in missing if name not in self.columns]
        if missing:
            source = self.attrs.get("casebook", "the table")
            names = [str(name) for name in self.columns]
            match = closest(missing[0], names)
            hint = f"did you mean '{match}'? Its" if match else "its"
            raise CaseError(
                f"{source} has no column '{missing[0]}'\n  hint: {hint} columns are {listed(names)}"
            )
        return super().__getitem__(key)
