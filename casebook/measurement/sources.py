"""The sources of data of a case, as DataFrames and as tables for SQL.

Files are read where they lie by DuckDB, which opens nothing but the files that the parameter file names: no
other file, no network, no extension. Workbooks, SQLite files and servers are read into memory first.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from casebook.errors import CaseError
from casebook.measurement import duckdb_files, preparation
from casebook.measurement.sql import quoted
from casebook.measurement.text_columns import find_text, names
from casebook.schema.data import DataSource
from casebook.schema.wording import closest, listed

_LONGEST = 300
"""So many characters of an error are read."""


@dataclass(frozen=True)
class SourceReport:
    """What was read of a source."""

    name: str
    shown: str
    rows_read: int
    set_aside: Mapping[str, int]
    """Rows that no table holds, by the reason."""
    remarks: tuple[str, ...] = ()
    """Values that could not be read as times, whose rows were kept without them."""
    findings: tuple[str, ...] = ()
    """What a reader must know, whether or not a template shows it."""


class Sources(Mapping[str, Any]):
    """The sources by name: `sources["posts"]` is a DataFrame, read once; `sources.sql(…)` queries all."""

    def __init__(self, sources: Mapping[str, DataSource]) -> None:
        self._sources = {
            name: replace(source, paths=tuple(path.resolve() for path in source.paths))
            for name, source in sources.items()
        }
        self._frames: dict[str, Any] = {}
        self._reports: dict[str, SourceReport] = {}
        self._unreadable: dict[str, Mapping[str, str]] = {}
        self._digests: dict[str, str] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._frames:
            from casebook.measurement.table import Table

            self._prepare(name)
            label = self._label(name)
            found = self._run(f"select * from {quoted(name)}", label)
            self._frames[name] = Table.of(found, label, self._find(name))
        return self._frames[name]

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __repr__(self) -> str:
        return f"data: {', '.join(self._sources) or 'none'}"

    @property
    def reports(self) -> list[SourceReport]:
        """What was read of the sources that were used, in the order of the parameter file."""
        return [self._reports[name] for name in self._sources if name in self._reports]

    def describe(self, name: str) -> str:
        """A source in words: its file as the parameter file names it, or its kind of server."""
        return self._find(name).shown

    def digests(self) -> dict[str, str]:
        """SHA-256 of the files of each source that was used; a server has none."""
        return dict(self._digests)

    def sql(self, query: str) -> Any:
        """The rows of one SELECT over the sources by their names, as a DataFrame.

        It runs in DuckDB, which reads of a Parquet or CSV file what the query needs and no more. Raises
        CaseError for anything else than one SELECT, and for names that are not there.
        """
        import duckdb

        try:
            statements = self._connection.extract_statements(query)
        except duckdb.Error as error:
            raise CaseError(f"sql: {_first_lines(error)}") from None
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise CaseError("sql: must be one SELECT, and nothing else")
        from casebook.measurement.table import Table

        words = set(re.findall(r"\w+", query.lower()))
        for name in self._sources:
            if name.lower() in words:
                self._prepare(name)
                self._refuse_unreadable(name, query)
        try:
            named = [self._label(name) for name in self._sources if name.lower() in words]
            label = f"the result of the query on {' and '.join(named)}"
            return Table.of(self._connection.sql(query).df(), label)
        except duckdb.Error as error:
            raise CaseError(self._blamed(error, query) or f"sql: {self._explained(error)}") from None

    def _blamed(self, error: Exception, query: str) -> str | None:
        """The column of text that stopped a query, where that may be why."""
        if not re.search(r"VARCHAR|convert string", str(error)):
            return None
        labels = {name: self._label(name) for name in self._reports}
        return self._guarded(lambda: find_text(self._connection, labels, query), "sql")

    def _refuse_unreadable(self, name: str, query: str) -> None:
        """Raise CaseError where a query reads a column that nobody can read in one way only."""
        for column, why in self._unreadable[name].items():
            if names(query, column):
                raise CaseError(f"{self._label(name)}, column {column}: {why}")

    def _find(self, name: str) -> DataSource:
        if name in self._sources:
            return self._sources[name]
        match = closest(name, self._sources)
        hint = f"did you mean '{match}'?" if match else f"the sources are {listed(self._sources) or 'none'}"
        raise CaseError(f"no source of data is called '{name}'\n  hint: {hint} Sources are named under data:")

    def _label(self, name: str) -> str:
        source = self._find(name)
        return f"data.{name} ({source.shown})"

    @functools.cached_property
    def _database(self) -> tuple[Any, Path]:
        return duckdb_files.connect([path for source in self._sources.values() for path in source.paths])

    @property
    def _connection(self) -> Any:
        return self._database[0]

    def _prepare(self, name: str) -> None:
        """Make the table of a source, once."""
        source = self._find(name)
        if name in self._reports:
            return
        label = self._label(name)
        raw = f"raw {name}"
        if source.kind in duckdb_files.SCANNED:
            scan = self._guarded(lambda: duckdb_files.scan(*self._database, source, label), label)
            self._execute(f"create or replace view {quoted(raw)} as {scan}", label)
        else:
            from casebook.measurement import loaded_sources

            # A name that no source can have.
            self._connection.register("read frame", loaded_sources.read(source, label))
            self._execute(
                f"create or replace table {quoted(raw)} as select * from {quoted('read frame')}", label
            )
            self._connection.unregister("read frame")
        found = self._guarded(lambda: preparation.prepare(self._connection, source, raw, label), label)
        self._unreadable[name] = found.unreadable
        self._reports[name] = SourceReport(
            name, source.shown, found.rows_read, found.set_aside, found.remarks, found.findings
        )
        if source.paths:  # now, as later the working directory may be another
            self._digests[f"data, {name}"] = _digest(source.paths)

    def _execute(self, statement: str, label: str) -> None:
        self._guarded(lambda: self._connection.execute(statement), label)

    def _run(self, query: str, label: str) -> Any:
        return self._guarded(lambda: self._connection.sql(query).df(), label)

    def _guarded(self, work: Any, label: str) -> Any:
        """Do some work in DuckDB; what goes wrong is reported without paths of this machine."""
        import duckdb

        try:
            return work()
        except duckdb.Error as error:
            raise CaseError(f"{label}: {self._explained(error)}") from None

    def _explained(self, error: Exception) -> str:
        text = _first_lines(error)
        for source in self._sources.values():
            for path in source.paths:
                text = text.replace(str(path.resolve()), path.name)
        if "not found" in text or "does not exist" in text:
            tables = [f"{name} ({listed(self._columns(name))})" for name in self._reports]
            text += f"\n  hint: the tables are {'; '.join(tables) or listed(self._sources) or 'none'}"
        elif "file system operations are disabled" in text:
            text = "a query can read the sources under data: and no other file"
        return text

    def _columns(self, name: str) -> list[str]:
        rows = self._connection.execute(f"describe {quoted(name)}").fetchall()
        return [row[0] for row in rows]


def _digest(paths: Iterable[Path]) -> str:
    content = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            content.update(hashlib.file_digest(file, "sha256").digest())
    return content.hexdigest()


def _first_lines(error: Exception) -> str:
    """The words of an error of DuckDB, without the query and the advice that it adds."""
    advice = r"\n\n|You might need|Candidate functions|Possible (?:fixes|solutions)"
    text = re.split(advice, str(error), maxsplit=1)[0]
    words = " ".join(line.strip() for line in text.strip().splitlines()[:6])
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
