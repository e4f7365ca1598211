"""Workbooks, SQLite files and database servers, read into a DataFrame."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Any

from casebook.errors import CaseError
from casebook.measurement import databases
from casebook.measurement.duckdb_files import refuse_other_columns
from casebook.measurement.file_signature import check_signature
from casebook.measurement.header import find_header
from casebook.schema.data import DataSource
from casebook.schema.data_options import LOWEST_HEADER
from casebook.schema.wording import closest, listed

_DAY_0 = datetime(1900, 1, 1)


def read(source: DataSource, label: str) -> Any:
    """All rows of a source. Raises CaseError, in words that hold no password, where it can't be read."""
    import pandas as pd

    if source.kind == "server":
        frame = databases.from_server(source, label)
    else:
        one = _from_workbook if source.kind == "excel" else databases.from_sqlite
        for path in source.paths:
            check_signature(path, source, label)
        parts = [one(path, source, label) for path in source.paths]
        refuse_other_columns(label, [path.name for path in source.paths], parts)
        frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return _plain(frame, source)


def _plain(frame: Any, source: DataSource) -> Any:
    """The same table in types that DuckDB takes, one type a column; a column of mixed ones becomes text."""
    import pandas as pd

    frame = frame.rename(columns=str)
    if source.missing:
        frame = frame.replace(list(source.missing), None)
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            frame[name] = column.dt.tz_convert("UTC").dt.tz_localize(None)
        elif column.dtype == object:
            frame[name] = _one_type(column)
    return frame


def _one_type(column: Any) -> Any:
    import pandas as pd

    given = column.dropna()
    kinds = {type(value).__name__ for value in given}
    if kinds <= {"bool"}:
        return column.astype("boolean")
    if kinds <= {"int", "float", "Decimal", "bool"}:
        return pd.to_numeric(column)
    if kinds <= {"datetime", "Timestamp", "date", "time"} and kinds != {"time"}:
        # Day 0 of a workbook, which has no date, comes as a time of the day.
        dated = column.map(lambda value: _DAY_0 if isinstance(value, time) else value)
        times = pd.to_datetime(dated, utc=True)
        return times.dt.tz_localize(None)
    return column.map(lambda value: None if pd.isna(value) else _as_text(value)).astype(object)


def _as_text(value: Any) -> str:
    """A cell as it would stand in a CSV file."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _from_workbook(path: Path, source: DataSource, label: str) -> Any:
    import pandas as pd

    sheet = source.options.get("sheet")
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            names = [str(name) for name in book.sheet_names]
            if sheet is not None and sheet not in names:
                match = closest(sheet, names)
                hint = f"did you mean '{match}'?" if match else f"its sheets are {listed(names)}"
                raise CaseError(f"{label}: {path.name} has no sheet '{sheet}'\n  hint: {hint}")
            if sheet is None and len(names) > 1:
                hint = f"write sheet: with one of {listed(names)}"
                raise CaseError(f"{label}: {path.name} has {len(names)} sheets\n  hint: {hint}")
            cells = pd.read_excel(book, sheet or names[0], header=None, keep_default_na=False, na_values=[""])
    except CaseError:
        raise
    except Exception as error:
        # openpyxl meets a broken file with whatever its parts raise: zipfile, XML, types.
        raise CaseError(
            f"{label}: {path.name} can't be read as a workbook ({type(error).__name__})"
        ) from None
    try:
        columns, first = find_header(cells.head(LOWEST_HEADER).to_numpy(dtype=object).tolist(), source)
    except CaseError as error:
        raise CaseError(f"{label}: {path.name}: {error}") from None
    return cells.iloc[first:].set_axis(columns, axis=1).reset_index(drop=True)
