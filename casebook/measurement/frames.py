"""Workbooks, SQLite files and database servers, read into a DataFrame."""

from __future__ import annotations

import os
from datetime import datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from casebook.errors import CaseError
from casebook.measurement.files import refuse_other_columns
from casebook.measurement.header import find_header, unique_names
from casebook.measurement.signature import check_signature
from casebook.measurement.sql import quoted
from casebook.parameters.data import DataSource
from casebook.parameters.data_options import LOWEST_HEADER
from casebook.parameters.servers import PLACEHOLDER
from casebook.reading.wording import closest, listed

_SECONDS_TO_CONNECT = 15
_DAY_0 = datetime(1900, 1, 1)


def read(source: DataSource, label: str) -> Any:
    """All rows of a source. Raises CaseError, in words that hold no password, where it can't be read."""
    import pandas as pd

    if source.kind == "server":
        frame = _from_server(source, label)
    else:
        one = _from_workbook if source.kind == "excel" else _from_sqlite
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


def _from_sqlite(path: Path, source: DataSource, label: str) -> Any:
    import sqlalchemy

    # Read-only, so that a query can't change the client's file and no journal appears beside it.
    where = f"sqlite:///file:{quote(str(path.resolve()))}?mode=ro&uri=true"
    engine = sqlalchemy.create_engine(where)
    try:
        return _select(engine, source, f"{label}: {path.name}")
    finally:
        engine.dispose()


def _from_server(source: DataSource, label: str) -> Any:
    import sqlalchemy

    secrets = _secrets(source, label)
    engine = None
    try:
        written = PLACEHOLDER.sub(lambda match: quote(os.environ[match[1]], safe=""), source.url or "")
        url = sqlalchemy.make_url(written)
        if "password_from" in source.options:
            url = url.set(password=os.environ[source.options["password_from"]])
        is_postgres = url.get_backend_name() == "postgresql"
        arguments = {"connect_timeout": _SECONDS_TO_CONNECT} if is_postgres else {}
        engine = sqlalchemy.create_engine(url, connect_args=arguments, hide_parameters=True)
        return _select(engine, source, label, read_only=is_postgres)
    except ModuleNotFoundError as error:
        message = f"{label}: the driver {error.name} is not installed"
        hint = "pip install 'casebook[servers]'" if error.name == "psycopg" else f"pip install {error.name}"
        raise CaseError(f"{message}\n  hint: {hint}") from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise CaseError(_scrubbed(f"{label}: {_reason(error)}", secrets)) from None
    finally:
        if engine is not None:
            engine.dispose()


def _secrets(source: DataSource, label: str) -> list[str]:
    for variable in source.variables:
        if not os.environ.get(variable):
            raise CaseError(f"{label} needs the variable {variable} of the environment, which is not set")
    return [os.environ[variable] for variable in source.variables]


def _scrubbed(text: str, secrets: list[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        for form in (secret, quote(secret, safe=""), quote(secret)):
            text = text.replace(form, "***")
    return text


def _reason(error: Exception) -> str:
    """The driver's own words, in one line: the wrapper repeats the query, and links to its manual."""
    text = str(getattr(error, "orig", None) or error)
    return " ".join(text.split())[:400]


def _select(engine: Any, source: DataSource, label: str, *, read_only: bool = False) -> Any:
    """The rows of a table or a query, in a transaction that is never committed."""
    import pandas as pd
    import sqlalchemy

    try:
        with engine.connect() as connection:
            if read_only:
                connection = connection.execution_options(postgresql_readonly=True)
            query = source.options.get("query")
            if query is None:
                query = f"select * from {_table_name(connection, source.options.get('table'), label)}"
            found = connection.execute(sqlalchemy.text(query.replace(":", "\\:")))
            names = unique_names(list(found.keys()))
            return pd.DataFrame.from_records(found.fetchall(), columns=names, coerce_float=True)
    except sqlalchemy.exc.SQLAlchemyError as error:
        if engine.dialect.name == "sqlite":
            raise CaseError(f"{label}: {_reason(error)}") from None
        raise


def _table_name(connection: Any, given: str | None, label: str) -> str:
    """The name of a table, quoted; where none is given, of the only one."""
    import sqlalchemy

    inspector = sqlalchemy.inspect(connection)
    schema, _, name = (given or "").rpartition(".")
    names = sorted([*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)])
    if given is None:
        if len(names) != 1:
            raise CaseError(
                f"{label} has {len(names)} tables\n  hint: write table: with one of {listed(names)}"
            )
        return quoted(names[0])
    if name not in names:
        match = closest(name, names)
        hint = f"did you mean '{match}'?" if match else f"its tables are {listed(names) or 'none'}"
        raise CaseError(f"{label} has no table '{given}'\n  hint: {hint}")
    quote_name = connection.dialect.identifier_preparer.quote_identifier
    return ".".join(str(quote_name(part)) for part in (schema, name) if part)
