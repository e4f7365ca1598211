"""The client's own data that a parameter file names: what each source is, checked before anything is read.

    data:
      posts: data/facebook_posts.csv              # or a glob of files with the same columns
      members:
        path: exports/members-*.parquet
        columns: {spend: Total spend (EUR)}       # the name in the notebook: the name in the file
        dates: {joined: "%d.%m.%Y"}               # or a list, where the dates are ISO 8601
        id: member_id                             # rows that repeat it are set aside, and counted
        decimal: ","                              # or by column, as in {spend: ","}; thousands: says it too
        header: 3                                 # the row that holds the names; [2, 3] where two do
      orders:
        url: postgresql+psycopg://reader:${CASEBOOK_SHOP_PASSWORD}@db.example.org/shop
        table: orders

Of a database the password comes from the environment alone, by a name that begins with CASEBOOK_. One that is
written into the file is refused, in words that do not repeat it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casebook.schema.checker import Checker, show_key
from casebook.schema.data_options import (
    ENCODINGS,
    Dates,
    HeaderRows,
    Marks,
    TimeZone,
    decimals_of,
)
from casebook.schema.input_declarations import parameter_names
from casebook.schema.paths import FROM_HERE, File, from_folder
from casebook.schema.patterns import MAGIC, TooManyError, matching
from casebook.schema.sections import Key, Lines, MappingOf, Section
from casebook.schema.servers import PLACEHOLDER, ServerURL, Variable, takes_query
from casebook.schema.value_kinds import LINE, TEXT, Choice, Kind, Schema
from casebook.schema.wording import Place, closest, listed, name_of, show

SUFFIXES = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "tsv",
    ".tsv.gz": "tsv",
    ".parquet": "parquet",
    ".jsonl": "json",
    ".jsonl.gz": "json",
    ".ndjson": "json",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}
"""What a file is, by the end of its name."""

_NAME = "[a-z][a-z0-9]*(?:_[a-z0-9]+)*"


@dataclass(frozen=True)
class DataSource:
    """One source of data, as the parameter file names it."""

    name: str
    """What a notebook calls it."""
    kind: str
    """csv, tsv, parquet, json, excel, sqlite or server."""
    shown: str
    """What a reader sees of it: the file as written, or the kind of server. Never a password."""
    paths: tuple[Path, ...] = ()
    """The files, sorted by name; none for a server."""
    url: str | None = None
    """A server's, with `${NAME}` where something of the environment belongs."""
    options: Mapping[str, str] = field(default_factory=dict)
    """table, query, sheet, delimiter, encoding, timezone, password_from, where they are given."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """The name in the notebook, and the name in the source, of columns that are called otherwise there."""
    dates: Mapping[str, str | None] = field(default_factory=dict)
    """Columns that hold times, each with its format (strptime) or None for ISO 8601."""
    id: tuple[str, ...] = ()
    """The columns that no two rows share."""
    missing: tuple[str, ...] = ()
    """Texts that stand for no value."""
    decimals: Mapping[str, str] = field(default_factory=dict)
    """The decimal mark by column; under "" that of all others, where it is given."""
    header: tuple[int, ...] = ()
    """The rows that hold the names of the columns, counted from 1, where they are given."""

    def decimal_of(self, column: object) -> str | None:
        """The decimal mark of a column, by its name in the notebook; None where none is given."""
        return self.decimals.get(str(column), self.decimals.get(""))

    def original(self, column: str) -> str:
        """What a column is called in the source."""
        return self.columns.get(column, column)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the environment that it needs."""
        found = PLACEHOLDER.findall(self.url or "")
        named = self.options.get("password_from")
        return tuple(dict.fromkeys([*found, *([named] if named else [])]))


@dataclass(frozen=True)
class DataFiles(Kind):
    """A file of data, or a pattern of several with the same columns."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Any] | None:
        start = from_folder(checker, place, value)
        if start is None:
            return None
        text = checker.texts[place]
        found = f"{name_of(place)} is {show(text)}"
        suffix = max((end for end in SUFFIXES if text.lower().endswith(end)), key=len, default=None)
        if suffix is None:
            hint = "save it as .xlsx" if text.lower().endswith((".xls", ".xlsb", ".ods")) else None
            checker.add(place, f"{found}; must be a name that ends in {', '.join(SUFFIXES)}", hint)
            return None
        paths: tuple[Path, ...] = ()
        try:
            if not MAGIC.isdisjoint(text):
                paths = tuple(path for path in matching(checker.folder, text) if path.is_file())
                if not paths:
                    checker.add(place, f"{found}, and no file matches it", FROM_HERE)
            elif start.is_file():
                paths = (start,)
            else:
                what = "is a folder" if start.is_dir() else "does not exist"
                checker.add(place, f"{found}, which {what}", _nearby(start) or FROM_HERE)
        except TooManyError as error:
            hint = "name the folder, with a pattern for the files in it"
            checker.add(place, f"{found}, for which {error}", hint)
        except (OSError, ValueError):  # a name too long for the file system, or with a NUL
            checker.add(place, f"{found}, which can't be a file's name")
        return {"kind": SUFFIXES[suffix], "shown": text, "paths": paths} if paths else None

    def json_schema(self) -> Schema:
        return File(SUFFIXES).json_schema()


@dataclass(frozen=True)
class SourceKey(Key):
    """A key of a source of data."""

    serves: tuple[str, ...] = ()
    """The kinds of source that it serves; empty for all."""


SOURCE: dict[str, SourceKey] = {
    "path": SourceKey(DataFiles(), "A file, or a pattern such as orders-*.csv, from this file's folder."),
    "url": SourceKey(ServerURL(), "A database, as in postgresql://reader@host/shop; no password."),
    "columns": SourceKey(
        MappingOf(LINE, "write each as name in the notebook: name in the file"),
        "The name in the notebook: the name in the file.",
        default={},
    ),
    "dates": SourceKey(Dates(), "Columns with dates or times; with a format where they are not ISO 8601."),
    "timezone": SourceKey(TimeZone(), "The time zone of times that name none."),
    "id": SourceKey(Lines(), "Columns that identify a row; repeats are set aside, and counted."),
    "missing": SourceKey(Lines(), "Texts that stand for a missing value."),
    "decimal": SourceKey(Marks(), "The decimal mark, of all columns or by column."),
    "thousands": SourceKey(
        Marks("spaces and apostrophes between thousands are read without it"),
        "The thousands separator, of all columns or by column.",
    ),
    "delimiter": SourceKey(LINE, "What separates the columns.", serves=("csv",)),
    "encoding": SourceKey(
        Choice(ENCODINGS, any_case=True), f"One of {', '.join(ENCODINGS)}.", serves=("csv", "tsv")
    ),
    "header": SourceKey(
        HeaderRows(), "The row of the column names, or [2, 3] for two.", serves=("csv", "tsv", "excel")
    ),
    "sheet": SourceKey(LINE, "The worksheet.", serves=("excel",)),
    "table": SourceKey(LINE, "The table or view.", serves=("sqlite", "server")),
    "query": SourceKey(TEXT, "A SELECT statement, for SQLite and PostgreSQL.", serves=("sqlite", "server")),
    "password_from": SourceKey(
        Variable(), "The environment variable with the password: CASEBOOK_….", serves=("server",)
    ),
}
"""What a parameter file may say of a source of data."""

_OPTIONS = ("timezone", "delimiter", "encoding", "sheet", "table", "query", "password_from")


@dataclass(frozen=True)
class DataSection(Kind):
    """Sources of data by name. Nothing is opened, and no server is called."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, DataSource]:
        if isinstance(value, str) and "://" in value:
            # The usual message would repeat what may hold a password.
            hint = "write name: {url: …, table: …} under it"
            checker.add(place, "data is a URL; must be a mapping", hint)
            return {}
        hint = "write each as name: file, such as posts: data/posts.csv"
        sources: dict[str, DataSource] = {}
        for name, entry in checker.mapping(place, value, None, hint=hint).items():
            if name in SOURCE:
                # Its value is not looked at: it may be a password.
                message = f"data has {show_key(name)}, a key of a source, where a source's name belongs"
                hint = "write the source's name first, as in orders: {url: …, table: …}"
                checker.add((*place, name), message, hint)
                continue
            if not re.fullmatch(_NAME, name) or name in parameter_names():
                rule = "use lower-case letters, digits and single _, and no name used in the parameters cell"
                checker.add((*place, name), f"a source of data can't be called {show_key(name)}: {rule}")
            source = _source(checker, (*place, name), name, entry)
            if source is not None:
                sources[name] = source
        return sources

    def json_schema(self) -> Schema:
        source = {
            "if": {"type": "object"},
            "then": {
                **Section(SOURCE).json_schema(),
                "oneOf": [{"required": ["path"]}, {"required": ["url"]}],
            },
            "else": DataFiles().json_schema(),
        }
        taken = {"not": {"enum": [*parameter_names(), *SOURCE]}}
        return {
            "type": "object",
            "propertyNames": {"allOf": [{"pattern": f"^{_NAME}$"}, taken]},
            "additionalProperties": source,
        }


def _source(checker: Checker, place: Place, name: str, entry: object) -> DataSource | None:
    if isinstance(entry, str) and "://" in entry:
        hint = f"write {name}: {{url: …, table: …}}"
        checker.add(place, f"{name_of(place)} is a URL; must be a mapping with url and table", hint)
        return None
    if not isinstance(entry, dict):
        files = DataFiles().read(checker, place, entry)
        return DataSource(name=name, **files) if files else None
    found = Section(SOURCE).read(checker, place, entry)
    if ("path" in found) == ("url" in found):
        given = "both path and url" if "url" in found else "neither path nor url"
        if len(found) == len(entry):
            checker.add(place, f"{name_of(place)} has {given}; one of the two is required")
        return None
    where = found.get("path") or found.get("url")
    if where is None:
        return None
    options = {key: found[key] for key in _OPTIONS if found.get(key) is not None}
    _check_options(checker, place, found, where["kind"])
    source = DataSource(
        name=name,
        options=options,
        columns=found.get("columns", {}),
        dates=found.get("dates", {}),
        id=found.get("id", ()),
        missing=found.get("missing", ()),
        decimals=decimals_of(checker, place, found),
        header=found.get("header", ()),
        **where,
    )
    if source.kind == "server":
        _check_environment(checker, place, source)
        if "query" in options and not takes_query(source.url or ""):
            message = f"{name_of((*place, 'query'))} is for PostgreSQL, which can restrict it to reading"
            checker.add((*place, "query"), message, "write table: with the name of a table or a view")
    return source


def _check_options(checker: Checker, place: Place, given: Collection[str], kind: str) -> None:
    """Report options that serve other kinds of source, and a database with more or less than one question."""
    for key in given:
        owners = SOURCE[key].serves
        if owners and kind not in owners:
            at = (*place, key)
            message = f"{name_of(at)} applies to {listed(owners)} only; this source is {kind}"
            checker.add(at, message, "take it out")
    if kind in ("server", "sqlite") and "table" in given and "query" in given:
        checker.add(place, f"{name_of(place)} has both table and query; one of the two is required")
    if kind == "server" and "table" not in given and "query" not in given:
        checker.add(place, f"{name_of(place)} has neither table nor query; one of the two is required")


def _nearby(path: Path) -> str | None:
    """A hint at the file that was probably meant."""
    try:
        match = closest(path.name, [other.name for other in path.parent.iterdir() if other.is_file()])
    except OSError:
        return None
    return f"did you mean '{match}'?" if match else None


def _check_environment(checker: Checker, place: Place, source: DataSource) -> None:
    for variable in source.variables:
        if not os.environ.get(variable):
            message = f"{name_of(place)} needs the environment variable {variable}, which is not set"
            checker.add((*place, "url"), message, f"set it before the run: export {variable}=…")
