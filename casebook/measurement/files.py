"""Files that DuckDB reads where they lie, in a connection that can open nothing else."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casebook.errors import CaseError
from casebook.measurement.separated import delimiter_of, explain
from casebook.parameters.data import DataSource
from casebook.reading.wording import listed

SCANNED = ("csv", "tsv", "parquet", "json")
"""The kinds of file that DuckDB reads by itself."""

# Dates are left as text here: DuckDB guesses at 01/02/2015, and gives nothing for an offset of -0800.
_TYPES = "['BOOLEAN', 'BIGINT', 'DOUBLE', 'VARCHAR']"


def connect(paths: Sequence[Path]) -> Any:
    """An empty database in memory that can read these files: no other file, no network, no extension.

    Nothing can widen that afterwards: its configuration is locked.
    """
    import duckdb

    config: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    connection = duckdb.connect(":memory:", config=config)
    # What does not fit into memory may be put aside; by default that would be beside the parameter file.
    spill = tempfile.mkdtemp(prefix="casebook-")
    atexit.register(shutil.rmtree, spill, ignore_errors=True)
    connection.execute(f"set temp_directory = {quoted_text(spill)}")
    connection.execute("set TimeZone = 'UTC'")
    if paths:
        connection.execute(f"set allowed_paths = {_list([str(path.resolve()) for path in paths])}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def scan(connection: Any, source: DataSource, label: str) -> str:
    """The query that reads all files of a source. Raises CaseError where their columns differ."""
    paths = [path.resolve() for path in source.paths]
    for path in paths:
        if not path.stat().st_size:
            raise CaseError(f"{label}: {path.name} is empty")
    queries = [_query(connection, source, [path]) for path in paths]
    columns = [
        _columns(connection, source, path, query, label) for path, query in zip(paths, queries, strict=True)
    ]
    for path, names in zip(paths, columns, strict=True):
        if set(names) != set(columns[0]):
            lacks, more = sorted({*columns[0]} - {*names}), sorted({*names} - {*columns[0]})
            said = [f"it lacks {listed(lacks)}"] if lacks else []
            said += [f"it has {listed(more)} as well"] if more else []
            raise CaseError(
                f"{label}: the columns of {path.name} are not those of {paths[0].name}: {'; '.join(said)}\n"
                "  hint: rename them in the file, or name two sources"
            )
    return queries[0] if len(paths) == 1 else _query(connection, source, paths)


def _query(connection: Any, source: DataSource, paths: list[Path]) -> str:
    names = _list([str(path) for path in paths])
    if source.kind == "parquet":
        return f"select * from read_parquet({names}, union_by_name=true)"
    if source.kind == "json":
        query = (
            f"select * from read_json({names}, format='newline_delimited', union_by_name=true, sample_size=-1"
        )
        return query + _times_as_text(connection, query + ")") + ")"
    options = {
        # Nothing is to be guessed that could make rows vanish: a preamble to skip, comments, another quote.
        "header": "true",
        "skip": "0",
        "comment": "''",
        "quote": "'\"'",
        "escape": "'\"'",
        "union_by_name": "true",
        "sample_size": "-1",
        "auto_type_candidates": _TYPES,
        "nullstr": _list(["", *source.missing]),
        "delim": quoted_text(delimiter_of(source, paths[0])),
        "decimal_separator": None,
        "encoding": None,
    }
    for key, name in (("decimal", "decimal_separator"), ("encoding", "encoding")):
        if key in source.options:
            options[name] = quoted_text(source.options[key])
    given = ", ".join(f"{name}={value}" for name, value in options.items() if value is not None)
    return f"select * from read_csv({names}, {given})"


def _times_as_text(connection: Any, query: str) -> str:
    """The columns of JSON with their types, where some were taken for times."""
    described = connection.execute(f"describe {query}").fetchall()
    types = {row[0]: str(row[1]) for row in described}
    if not any(kind.startswith(("DATE", "TIME", "UUID")) for kind in types.values()):
        return ""
    plain = {
        name: "VARCHAR" if kind.startswith(("DATE", "TIME", "UUID")) else kind for name, kind in types.items()
    }
    return (
        ", columns={" + ", ".join(f"{quoted_text(n)}: {quoted_text(kind)}" for n, kind in plain.items()) + "}"
    )


def _columns(connection: Any, source: DataSource, path: Path, query: str, label: str) -> list[str]:
    import duckdb

    try:
        return [str(row[0]) for row in connection.execute(f"describe {query}").fetchall()]
    except duckdb.Error:
        fault = explain(source, path) if source.kind in ("csv", "tsv") else None
        if fault is None:
            raise
        raise CaseError(f"{label}: {path.name}, {fault}") from None


def quoted(name: str) -> str:
    """A name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """A text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(quoted_text(text) for text in texts) + "]"
