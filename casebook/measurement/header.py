"""The row of a file or a sheet that holds the names of its columns, which need not be the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from casebook.errors import CaseError
from casebook.measurement.origin import UNNAMED
from casebook.schema.data import DataSource

ROWS_AHEAD = 100
"""So many rows are looked through for the names that the parameter file gives."""

Rows = Sequence[Sequence[object]]


def find_header(rows: Rows, source: DataSource, first: int = 0) -> tuple[list[str], int]:
    """The names of the columns, each only once, and the position of the first row of data.

    The names stand in the rows that `header:` gives; else in the first row (the one at `first`) or, where
    that lacks names of the parameter file, in the first that has them all. Raises CaseError where the file
    ends before.
    """
    if source.header:
        begin, end = source.header[0] - 1, source.header[-1]
        if len(rows) < end:
            raise CaseError(f"it has {len(rows)} rows, and header: names row {end}")
        return unique_names(_joined(rows[begin:end])), end
    wanted = wanted_names(source)
    for position in range(first, min(len(rows), ROWS_AHEAD)):
        names = unique_names(rows[position])
        if wanted and wanted <= set(names):
            return names, position + 1
    for position in range(first, len(rows)):
        if any(map(_text, rows[position])):
            return unique_names(rows[position]), position + 1
    raise CaseError("it has no row with the names of its columns")


def wanted_names(source: DataSource) -> set[str]:
    """The columns that the parameter file names, as they are called in the source."""
    return {source.original(name) for name in (*source.columns, *source.dates, *source.id)}


def unique_names(cells: Sequence[object]) -> list[str]:
    """Names for columns: a blank one becomes its number, and those of one name are told apart.

    >>> unique_names(["Datum", " Betrag", "", "Betrag", None])
    ['Datum', 'Betrag (1)', 'column 3', 'Betrag (2)', 'column 5']
    """
    names = [_text(cell) or f"{UNNAMED}{number}" for number, cell in enumerate(cells, start=1)]
    # Names in SQL know no case.
    often = Counter(name.casefold() for name in names)
    seen: Counter[str] = Counter()
    for position, name in enumerate(names):
        key = name.casefold()
        seen[key] += 1
        if often[key] > 1:
            names[position] = f"{name} ({seen[key]})"
    return names


def _joined(rows: Rows) -> list[str]:
    """One name a column out of several rows; in all but the last it holds for the blank cells after it."""
    width = max(len(row) for row in rows)
    parts: list[list[str]] = [[] for _ in range(width)]
    for row in rows:
        texts = [_text(cell) for cell in row] + [""] * (width - len(row))
        for position in range(1, width):
            if row is not rows[-1] and not texts[position]:
                texts[position] = texts[position - 1]
        for part, text in zip(parts, texts, strict=True):
            part.append(text)
    return [" ".join(filter(None, part)) for part in parts]


def _text(cell: object) -> str:
    if cell is None or cell != cell:  # a blank cell of a sheet is NaN
        return ""
    return " ".join(str(cell).split())
