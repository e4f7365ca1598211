"""Which column of text stopped a query that needs numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from casebook.measurement import number_notation
from casebook.measurement.sql import quoted


def find_text(connection: Any, labels: Mapping[str, str], query: str) -> str | None:
    """The first column named in a query that holds text where most of it is numbers, with what to write.

    `labels` says what a message calls each table. None where the query names no such column.
    """
    for table, label in labels.items():
        types = dict(row[:2] for row in connection.execute(f"describe {quoted(table)}").fetchall())
        texts = [name for name, kind in types.items() if kind == "VARCHAR" and names(query, name)]
        for name, profile in number_notation.profiles(connection, quoted(table), texts).items():
            unread = profile.given - profile.numbers
            if 0 < unread < profile.given:
                text = number_notation.text_of(quoted(name))
                no_number = f"not {number_notation.is_number(text)}"
                (example,) = connection.execute(
                    f"select min({text}) filter (where {no_number}) from {quoted(table)}"
                ).fetchall()[0]
                shown = repr(example[:40])
                return (
                    f"{label}, column {name}: {unread:,} of {profile.given:,} values are not numbers, such "
                    f"as {shown}\n  hint: if that stands for no value, write missing: [{shown}]"
                )
    return None


def names(query: str, column: str) -> bool:
    """Whether a query names a column."""
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", query, re.IGNORECASE) is not None
