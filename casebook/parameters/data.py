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
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casebook.parameters.data_options import (
    COMMON_KEYS,
    OWN_KEYS,
    read_dates,
    read_decimals,
    read_header,
    read_names,
    read_options,
    read_texts,
)
from casebook.parameters.servers import PLACEHOLDER, read_server, takes_query
from casebook.reading.checking import Checker, show_key
from casebook.reading.declarations import PARAMETER_NAMES
from casebook.reading.paths import MAGIC, TooManyError, matching
from casebook.reading.wording import Place, closest, name_of, show

SOURCE_KEYS = ("path", "url", *COMMON_KEYS, *OWN_KEYS)

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

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_FROM_HERE = "the path starts at this file's folder"


@dataclass(frozen=True)
class DataSource:
    """One source of data, as the parameter file names it."""

    name: str
    """What a notebook calls it."""
    kind: str
    """csv, tsv, parquet, json, excel, sqlite or server."""
    shown: str
    """What a reader is told of it: the file as written, or the kind of server. Never a password."""
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


def read_data(checker: Checker, value: object, folder: Path) -> dict[str, DataSource]:
    """The sources by name, in the order of the file. Nothing is opened, and no server is called."""
    sources: dict[str, DataSource] = {}
    if isinstance(value, str) and "://" in value:
        # The usual message would repeat what may hold a password.
        checker.add(
            ("data",), "data is a URL; a mapping is needed", "write name: {url: …, table: …} under it"
        )
        return {}
    hint = "write each as name: file, such as posts: data/posts.csv"
    for name, entry in checker.mapping(("data",), value, None, hint=hint).items():
        place = ("data", name)
        if name in SOURCE_KEYS:
            # Its value is not looked at: it may be a password.
            message = f"data has {show_key(name)}, a key of a source, where a source's name belongs"
            checker.add(place, message, "write the source's name first, as in orders: {url: …, table: …}")
            continue
        if not _NAME.fullmatch(name) or name in PARAMETER_NAMES:
            rule = "lower-case letters, digits and single _, no name of the parameters cell"
            checker.add(place, f"a source of data can't be called {show_key(name)}: {rule}")
        source = _source(checker, place, name, entry, folder)
        if source is not None:
            sources[name] = source
    return sources


def _source(checker: Checker, place: Place, name: str, entry: object, folder: Path) -> DataSource | None:
    if isinstance(entry, str) and "://" in entry:
        hint = f"write {name}: {{url: …, table: …}}"
        checker.add(place, f"{name_of(place)} is a URL; a mapping with url and table is needed", hint)
        return None
    at_path: Place = (*place, "path")
    if not isinstance(entry, dict):
        entry, at_path = {"path": entry}, place
    entries = checker.mapping(place, entry, SOURCE_KEYS)
    if ("path" in entries) == ("url" in entries):
        given = "both path and url" if "url" in entries else "neither path nor url"
        if len(entries) == len(entry):
            checker.add(place, f"{name_of(place)} has {given}; one of the two is needed")
        return None
    found: dict[str, Any] | None
    if "url" in entries:
        found = read_server(checker, (*place, "url"), entries["url"])
    else:
        found = _files(checker, at_path, entries["path"], folder)
    kind = found["kind"] if found else None
    options = read_options(checker, place, entries, kind)
    columns = read_texts(
        checker, (*place, "columns"), entries.get("columns"), "name in the notebook: name in the file"
    )
    dates = read_dates(checker, (*place, "dates"), entries.get("dates"))
    ids = read_names(checker, (*place, "id"), entries.get("id"))
    missing = read_names(checker, (*place, "missing"), entries.get("missing"))
    decimals = read_decimals(checker, place, entries)
    header = read_header(checker, (*place, "header"), entries["header"]) if "header" in entries else ()
    if found is None:
        return None
    source = DataSource(
        name=name,
        options=options,
        columns=columns,
        dates=dates,
        id=ids,
        missing=missing,
        decimals=decimals,
        header=header,
        **found,
    )
    if source.kind == "server":
        _check_environment(checker, place, source)
        if "query" in options and not takes_query(source.url or ""):
            message = f"{name_of((*place, 'query'))} is for PostgreSQL, which can hold it to reading"
            checker.add((*place, "query"), message, "write table: with the name of a table or a view")
    return source


def _files(checker: Checker, place: Place, value: object, folder: Path) -> dict[str, Any] | None:
    text = checker.text(place, value, one_line=True)
    if text is None:
        return None
    found = f"{name_of(place)} is {show(text)}"
    if Path(text).is_absolute() or text.startswith("~"):
        checker.add(place, f"{found}; a path relative to this file's folder is needed")
        return None
    suffix = max((end for end in SUFFIXES if text.lower().endswith(end)), key=len, default=None)
    if suffix is None:
        hint = "save it as .xlsx" if text.lower().endswith((".xls", ".xlsb", ".ods")) else None
        checker.add(place, f"{found}; a name that ends in {', '.join(SUFFIXES)} is needed", hint)
        return None
    try:
        if not MAGIC.isdisjoint(text):
            paths = tuple(path for path in matching(folder, text) if path.is_file())
            if not paths:
                checker.add(place, f"{found}, and no file matches it", _FROM_HERE)
        else:
            paths = (folder / text,) if (folder / text).is_file() else ()
            if not paths:
                what = "is a folder" if (folder / text).is_dir() else "does not exist"
                checker.add(place, f"{found}, which {what}", _nearby(folder / text) or _FROM_HERE)
    except TooManyError as error:
        checker.add(
            place, f"{found}, for which {error}", "name the folder, with a pattern for the files in it"
        )
        return None
    except (OSError, ValueError):  # a name too long for the file system, or with a NUL
        checker.add(place, f"{found}, which can't be a file's name")
        return None
    return {"kind": SUFFIXES[suffix], "shown": text, "paths": paths} if paths else None


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
            message = f"{name_of(place)} needs the variable {variable} of the environment, which is not set"
            checker.add((*place, "url"), message, f"set it before the run: export {variable}=…")
