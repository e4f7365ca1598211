"""Tables and queries of databases, as DataFrames: one statement, which can read and nothing else.

What holds a query to that is the database itself: SQLite's authorizer on a file that is opened to be read,
PostgreSQL's cursor for one SELECT in a read-only transaction. Other servers give whole tables, whose names
are quoted.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from casebook.errors import CaseError
from casebook.measurement.header import unique_names
from casebook.measurement.sql import quoted
from casebook.schema.data import DataSource
from casebook.schema.servers import PLACEHOLDER
from casebook.schema.wording import closest, listed

SECONDS_TO_ANSWER = 120
"""The most time for a query."""
_SECONDS_TO_CONNECT = 15

_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
# What SQLite asks itself for when a query names a virtual table (full text, json_each).
_OF_VIRTUAL_TABLES = (
    (sqlite3.SQLITE_UPDATE, "sqlite_master"),
    (sqlite3.SQLITE_PRAGMA, "data_version"),
)
_STEPS = 10_000
"""How many steps of SQLite lie between two looks at the clock."""


def from_sqlite(path: Path, source: DataSource, label: str) -> Any:
    """The rows of a table or a query of a SQLite file. Raises CaseError."""
    import pandas as pd

    label = f"{label}: {path.name}"
    try:
        with closing(_opened(path)) as connection:
            query = source.options.get("query")
            if query is None:
                rows = connection.execute("select name from sqlite_master where type in ('table', 'view')")
                names = sorted(name for (name,) in rows if not name.startswith("sqlite_"))
                query = f"select * from {_table_of_file(source.options.get('table'), names, label)}"
            found = connection.execute(query)
            if found.description is None:
                raise CaseError(f"{label}: query is empty; must be one SELECT")
            names = unique_names([column[0] for column in found.description])
            return pd.DataFrame.from_records(found.fetchall(), columns=names, coerce_float=True)
    except sqlite3.Error as error:
        raise CaseError(f"{label}: {_sqlite_message(error)}") from None


def _opened(path: Path) -> sqlite3.Connection:
    """A connection that can read a file and do nothing else, within the time for a query."""
    mode = "immutable=1" if _leaves_files(path) else "mode=ro"
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?{mode}", uri=True)
    connection.execute("pragma query_only = 1")
    connection.execute("pragma trusted_schema = 0")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_authorizer(_authorized)
    until = time.monotonic() + SECONDS_TO_ANSWER
    connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    return connection


def _leaves_files(path: Path) -> bool:
    """Whether SQLite would put files beside one that it only reads: its write-ahead log is not in use."""
    with path.open("rb") as file:
        uses_log = file.read(20)[18:] == b"\2\2"
    log = path.with_name(f"{path.name}-wal")
    return uses_log and not (log.exists() and log.stat().st_size)


def _authorized(action: int, first: str | None, *_: str | None) -> int:
    reads = action in _READING or (action, first) in _OF_VIRTUAL_TABLES
    return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY


def _sqlite_message(error: sqlite3.Error) -> str:
    text = " ".join(str(error).split())
    if "interrupted" in text:
        return f"no answer to the query within {SECONDS_TO_ANSWER} seconds"
    if "one statement" in text or "authoriz" in text or "prohibited" in text:
        return f"query is not allowed ({text}); must be one SELECT, and nothing else"
    return text


def from_server(source: DataSource, label: str) -> Any:
    """The rows of a table or a query of a server. Raises CaseError, in words that hold no password."""
    import sqlalchemy

    secrets = _secrets(source, label)
    engine = None
    try:
        engine = _engine(source)
        return _select(engine, source, label)
    except ModuleNotFoundError as error:
        message = f"{label}: the driver {error.name} is not installed"
        hint = "pip install 'casebook[servers]'" if error.name == "psycopg" else f"pip install {error.name}"
        raise CaseError(f"{message}\n  hint: {hint}") from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise CaseError(_scrubbed(f"{label}: {_server_message(error)}", secrets)) from None
    finally:
        if engine is not None:
            engine.dispose()


def _engine(source: DataSource) -> Any:
    import sqlalchemy

    written = PLACEHOLDER.sub(lambda match: quote(os.environ[match[1]], safe=""), source.url or "")
    url = sqlalchemy.make_url(written)
    if "password_from" in source.options:
        url = url.set(password=os.environ[source.options["password_from"]])
    arguments: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        arguments = {"connect_timeout": _SECONDS_TO_CONNECT}
        if url.password is None:  # else the driver would send PGPASSWORD to whatever host the file names
            arguments["password"] = ""
    return sqlalchemy.create_engine(url, connect_args=arguments, hide_parameters=True)


def _secrets(source: DataSource, label: str) -> list[str]:
    for variable in source.variables:
        if not os.environ.get(variable):
            raise CaseError(f"{label} needs the environment variable {variable}, which is not set")
    return [os.environ[variable] for variable in source.variables]


def _scrubbed(text: str, secrets: list[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        for form in (secret, quote(secret, safe=""), quote(secret)):
            text = text.replace(form, "***")
    return text


def _server_message(error: Exception) -> str:
    """The driver's own words, in one line: the wrapper repeats the query, and links to its manual."""
    text = " ".join(str(getattr(error, "orig", None) or error).split())
    if "statement timeout" in text:
        return f"no answer to the query within {SECONDS_TO_ANSWER} seconds"
    needed = (
        "; query must be one SELECT, and nothing else" if "syntax error" in text or "multiple" in text else ""
    )
    return f"{text[:400]}{needed}"


def _select(engine: Any, source: DataSource, label: str) -> Any:
    """The rows of a table or a query, in a transaction that is never committed."""
    import pandas as pd
    import sqlalchemy

    with engine.connect() as connection:
        options = {}
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(postgresql_readonly=True)
            connection.exec_driver_sql(f"set statement_timeout = {1000 * SECONDS_TO_ANSWER}")
            # A cursor on the server: it takes one SELECT that changes nothing, and no other statement.
            options = {"stream_results": True}
        query = source.options.get("query")
        if query is None:
            query = f"select * from {_table_of_server(connection, source.options['table'], label)}"
        found = connection.execute(sqlalchemy.text(query.replace(":", "\\:")), execution_options=options)
        names = unique_names(list(found.keys()))
        return pd.DataFrame.from_records(found.fetchall(), columns=names, coerce_float=True)


def _table_of_server(connection: Any, given: str, label: str) -> str:
    """The name of a table, with its schema where it is given, quoted."""
    import sqlalchemy

    inspector = sqlalchemy.inspect(connection)
    schema, _, name = given.rpartition(".")
    names = sorted([*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)])
    if name not in names:
        raise _no_table(given, names, label)
    quote_name = connection.dialect.identifier_preparer.quote_identifier
    return ".".join(str(quote_name(part)) for part in (schema, name) if part)


def _table_of_file(given: str | None, names: list[str], label: str) -> str:
    """The name of the table that is given, or of the only one, quoted."""
    if given is None and len(names) != 1:
        raise CaseError(f"{label} has {len(names)} tables\n  hint: write table: with one of {listed(names)}")
    name = given or names[0]
    if name not in names:
        raise _no_table(name, names, label)
    return quoted(name)


def _no_table(given: str, names: list[str], label: str) -> CaseError:
    match = closest(given.rpartition(".")[2], names)
    hint = f"did you mean '{match}'?" if match else f"its tables are {listed(names) or 'none'}"
    return CaseError(f"{label} has no table '{given}'\n  hint: {hint}")
