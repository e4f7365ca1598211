"""Files that DuckDB reads where they lie, in a connection that can open nothing else."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from casebook.errors import CaseError
from casebook.measurement import number_notation
from casebook.measurement.delimited import Layout, explain, is_plain, layout_of, plain_copy
from casebook.measurement.file_signature import check_signature
from casebook.measurement.sql import quoted_text
from casebook.schema.data import DataSource
from casebook.schema.wording import listed

SCANNED = ("csv", "tsv", "parquet", "json")
"""The kinds of file that DuckDB reads by itself."""

# Dates are left as text here: DuckDB guesses at 01/02/2015, and gives nothing for an offset of -0800.
_TYPES = "['BOOLEAN', 'BIGINT', 'HUGEINT', 'DOUBLE', 'VARCHAR']"
_SAMPLE = 1_000


def connect(paths: Sequence[Path]) -> tuple[Any, Path]:
    """An empty database in memory, and a folder for what does not fit there.

    It can read these files and that folder: no other file, no network, no extension. Nothing can widen that
    afterwards: its configuration is locked.
    """
    import duckdb

    config: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    connection = duckdb.connect(":memory:", config=config)
    # By default that folder would be beside the parameter file.
    folder = tempfile.mkdtemp(prefix="casebook-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    connection.execute(f"set temp_directory = {quoted_text(folder)}")
    connection.execute("set TimeZone = 'UTC'")
    if paths:
        connection.execute(f"set allowed_paths = {_list([str(path.resolve()) for path in paths])}")
    connection.execute(f"set allowed_directories = {_list([folder])}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection, Path(folder)


def scan(connection: Any, folder: Path, source: DataSource, label: str) -> str:
    """The query that reads all files of a source; copies that are UTF-8 go into `folder`.

    Raises CaseError where their columns differ, or one is not what its name says.
    """
    paths = [path.resolve() for path in source.paths]
    for path in paths:
        check_signature(path, source, label)
    if source.kind in ("csv", "tsv"):
        parts = [_separated(connection, source, path, label, folder) for path in paths]
        refuse_other_columns(label, [path.name for path in paths], [part.types for part in parts])
        return _read(connection, source, parts)
    queries = [_query(connection, source, [path]) for path in paths]
    columns = [_types(connection, query) for query in queries]
    refuse_other_columns(label, [path.name for path in paths], columns)
    return queries[0] if len(paths) == 1 else _query(connection, source, paths)


def refuse_other_columns(label: str, names: Sequence[str], columns: Sequence[Iterable[str]]) -> None:
    """Raise CaseError where the files of a source do not all have the columns of the first."""
    first = set(columns[0])
    for name, own in zip(names, columns, strict=True):
        if set(own) != first:
            lacks, more = sorted(first - {*own}), sorted({*own} - first)
            differences = [f"it lacks {listed(lacks)}"] if lacks else []
            differences += [f"it has {listed(more)} as well"] if more else []
            raise CaseError(
                f"{label}: the columns of {name} differ from those of {names[0]}: {'; '.join(differences)}\n"
                "  hint: rename them in the file, or name two sources"
            )


@dataclass(frozen=True)
class _Separated:
    """A file of separated values, as DuckDB is to read it."""

    path: Path
    layout: Layout
    options: str
    types: dict[str, str]
    """Of its columns by name, each the narrowest that all its values have."""

    def read(self, types: dict[str, str]) -> str:
        """The query that reads it with these types."""
        columns = ", ".join(f"{quoted_text(name)}: {quoted_text(types[name])}" for name in self.layout.names)
        path = quoted_text(str(self.path))
        return f"select * from read_csv({path}, {self.options}, auto_detect=false, columns={{{columns}}})"


def _separated(connection: Any, source: DataSource, path: Path, label: str, folder: Path) -> _Separated:
    try:
        layout = layout_of(source, path)
        readable = path if is_plain(source, path) else plain_copy(source, path, folder)
    except CaseError as error:
        raise CaseError(f"{label}: {path.name}: {error}") from None
    part = _Separated(readable, layout, _options(source, layout), dict.fromkeys(layout.names, "VARCHAR"))
    if not layout.has_rows:
        return part
    try:
        return _typed(connection, part)
    except _UnreadableError as error:
        why = explain(source, path, layout)
        if why is not None:
            raise CaseError(f"{label}: {path.name}, {why}") from None
        # Lines may end in one way at first and in another further down.
        try:
            return _typed(connection, replace(part, path=plain_copy(source, path, folder)))
        except _UnreadableError:
            raise CaseError(f"{label}: {path.name}: {error}") from None


def _options(source: DataSource, layout: Layout) -> str:
    """How DuckDB reads a file. Nothing is to be guessed that could make rows vanish."""
    options = {
        "delim": quoted_text(layout.delimiter),
        "header": "false",
        "skip": str(layout.skip),
        "comment": "''",
        "quote": "'\"'",
        "escape": "'\"'",
        "nullstr": _list(["", *source.missing]),
        "decimal_separator": quoted_text(source.decimals.get("", ".")),
    }
    return ", ".join(f"{name}={value}" for name, value in options.items())


class _UnreadableError(Exception):
    """A file is not made of rows of the same columns."""


def _typed(connection: Any, part: _Separated) -> _Separated:
    """The same file with the types of its columns, from a look at all rows. Raises _UnreadableError."""
    import duckdb

    path, names = quoted_text(str(part.path)), list(part.layout.names)
    guess = f"sample_size=-1, auto_type_candidates={_TYPES}, names={_list(names)}"
    try:
        types = _types(connection, f"select * from read_csv({path}, {part.options}, {guess})")
    except duckdb.Error as error:
        raise _UnreadableError(str(error).partition("\n")[0]) from None
    if list(types) != names:
        raise _UnreadableError("its rows do not fit its column names")
    return replace(part, types=types)


def _read(connection: Any, source: DataSource, parts: list[_Separated]) -> str:
    """The query that reads all parts, each column in one type."""
    full = [part for part in parts if part.layout.has_rows] or parts
    types = {name: _common({part.types[name] for part in full}) for name in parts[0].types}
    # A number would lose the zeros at the beginning of an identifier or a date, and the last digits.
    as_written = {source.original(name) for name in (*source.id, *source.dates)}
    types |= dict.fromkeys(as_written & types.keys(), "VARCHAR")

    def query(types: dict[str, str]) -> str:
        return " union all by name ".join(part.read(types) for part in parts)

    news = {old: new for new, old in source.columns.items()}
    decimal = source.decimals.get("", ".")
    doubles = {name: news.get(name, name) for name, kind in types.items() if kind == "DOUBLE"}
    types |= {old: "VARCHAR" for old, new in doubles.items() if source.decimal_of(new) not in (None, decimal)}
    open_ones = [old for old, new in doubles.items() if source.decimal_of(new) is None]
    # A point that may stand between thousands is left to the notation of the column, as a comma is.
    for limit in (_SAMPLE, 0):
        rows = f"({query(types | dict.fromkeys(open_ones, 'VARCHAR'))})"
        found = number_notation.profiles(connection, rows, open_ones, limit)
        open_ones = [name for name, profile in found.items() if not profile.is_decided]
    return query(types | dict.fromkeys(open_ones, "VARCHAR"))


def _common(kinds: set[str]) -> str:
    """One type for the values of all files; whole numbers too long for a float stay text."""
    if len(kinds) > 1:
        return "DOUBLE" if kinds == {"BIGINT", "DOUBLE"} else "VARCHAR"
    return "VARCHAR" if kinds == {"HUGEINT"} else next(iter(kinds))


def _query(connection: Any, source: DataSource, paths: list[Path]) -> str:
    names = _list([str(path) for path in paths])
    if source.kind == "parquet":
        return f"select * from read_parquet({names}, union_by_name=true)"
    query = f"select * from read_json({names}, format='newline_delimited', union_by_name=true, sample_size=-1"
    return query + _times_as_text(connection, query + ")") + ")"


def _times_as_text(connection: Any, query: str) -> str:
    """The columns of JSON with their types, where some were taken for times."""
    types = _types(connection, query)
    if not any(kind.startswith(("DATE", "TIME", "UUID")) for kind in types.values()):
        return ""
    plain = {
        name: "VARCHAR" if kind.startswith(("DATE", "TIME", "UUID")) else kind for name, kind in types.items()
    }
    return (
        ", columns={" + ", ".join(f"{quoted_text(n)}: {quoted_text(kind)}" for n, kind in plain.items()) + "}"
    )


def _types(connection: Any, query: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.execute(f"describe {query}").fetchall()}


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(quoted_text(text) for text in texts) + "]"
