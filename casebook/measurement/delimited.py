"""Files of separated values: their encoding, what separates the values, and where one is out of form."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from casebook.errors import CaseError
from casebook.measurement.header import ROWS_AHEAD, find_header, unique_names, wanted_names
from casebook.schema.data import DataSource

_DELIMITERS = ",;\t|"
_LONGEST_LINE = 1_000_000
_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""The first bytes of a file in UTF-16."""

_SEPARATOR = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
"""The first line by which Excel says what separates the values."""


@dataclass(frozen=True)
class Layout:
    """How a file of separated values is laid out."""

    delimiter: str
    names: tuple[str, ...]
    """Of the columns, each only once."""
    skip: int
    """Rows before those of data."""
    has_rows: bool


def layout_of(source: DataSource, path: Path) -> Layout:
    """The layout of a file. Raises CaseError where no row can hold the names of the columns."""
    with _opened(source, path, errors="replace") as file:
        lines = [file.readline(_LONGEST_LINE) for _ in range(max(ROWS_AHEAD, *source.header, 0) + 1)]
    lines = [line for line in lines if line]
    declared = _SEPARATOR.fullmatch(lines[0]) if lines else None
    first = 1 if declared else 0
    delimiter = declared[1] if declared else _delimiter(source, lines)
    rows = list(csv.reader(lines, delimiter=delimiter))
    names, skip = find_header(rows, source, first)
    return Layout(delimiter, tuple(names), skip, any(filter(None, rows[skip:])))


def _delimiter(source: DataSource, lines: list[str]) -> str:
    """What stands between the columns: as given, or what is most frequent in the row of their names.

    Guessing over the whole file would take one with a row too long for a file of a single column.
    """
    if source.kind == "tsv":
        return "\t"
    if "delimiter" in source.options:
        return source.options["delimiter"]
    wanted = wanted_names(source)
    head = source.header[-1] - 1 if source.header else 0
    line = re.sub('"[^"]*"', "", lines[head]) if head < len(lines) else ""
    by_frequency = sorted(_DELIMITERS, key=line.count, reverse=True)
    if wanted and not source.header:
        for each in by_frequency:
            rows = csv.reader(lines, delimiter=each)
            if any(wanted <= set(unique_names(row)) for row in rows):
                return each
    return by_frequency[0]


def explain(source: DataSource, path: Path, layout: Layout) -> str | None:
    """The first line that is out of form, and why; None where each has the same number of columns."""
    number = 1
    try:
        with _opened(source, path) as file:
            rows = csv.reader(file, delimiter=layout.delimiter, strict=True)
            width = len(layout.names)
            for row in itertools.islice(rows, layout.skip, None):
                number = rows.line_num
                if row and len(row) != width:
                    cells = "1 value" if len(row) == 1 else f"{len(row)} values"
                    columns = "1 column" if width == 1 else f"{width} columns"
                    where = "the first line names" if layout.skip == 1 else f"row {layout.skip} names"
                    return (
                        f"line {number} has {cells}, and {where} {columns}\n"
                        "  hint: put quotes round a text that holds the delimiter, or write delimiter: or "
                        "header:"
                    )
    except csv.Error:
        return f"from line {number + 1} on: a quote is opened and never closed"
    except UnicodeError:
        return _not_in(_encoding(source, path))
    return None


def is_plain(source: DataSource, path: Path) -> bool:
    """Whether DuckDB reads a file as it is: in UTF-8, its lines, as far as one sees, ended in one way."""
    with _bytes(path) as file:
        head = file.read(_LONGEST_LINE)
    return _encoding(source, path) == "utf-8-sig" and len({*re.findall(rb"\r\n|\r|\n", head)}) < 2


def plain_copy(source: DataSource, path: Path, folder: Path) -> Path:
    """A copy of a file that DuckDB can read."""
    copy = folder / f"{source.name}-{len(list(folder.iterdir()))}-{path.name.removesuffix('.gz')}"
    try:
        with _opened(source, path, newline=None) as file, copy.open("w", encoding="utf-8") as target:
            shutil.copyfileobj(file, target, _LONGEST_LINE)
    except UnicodeError:
        raise CaseError(_not_in(_encoding(source, path))) from None
    return copy


def _not_in(encoding: str) -> str:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    hint = "write encoding: windows-1252 if it comes from Excel on Windows, or save it as UTF-8"
    if name != "utf-8":
        hint = "write encoding: utf-8 if that is what it is"
    return f"the file is not in {name}\n  hint: {hint}"


def _encoding(source: DataSource, path: Path) -> str:
    """As given, or as the first bytes say. What calls itself Latin-1 is Windows-1252, which has more."""
    given = source.options.get("encoding", "").lower()
    if not given:
        with _bytes(path) as file:
            return "utf-16" if file.read(2) in _MARKS else "utf-8-sig"
    if given == "utf-16":
        with _bytes(path) as file:
            begin = file.read(2)
        if begin not in _MARKS:
            return "utf-16-le" if begin[1:] == b"\x00" else "utf-16-be"
    known = {"utf-8": "utf-8-sig", "cp1252": "windows-1252", "latin-1": "windows-1252"}
    return known.get(given, given)


def _bytes(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]


def _opened(source: DataSource, path: Path, *, errors: str = "strict", newline: str | None = "") -> IO[str]:
    return io.TextIOWrapper(_bytes(path), _encoding(source, path), errors=errors, newline=newline)
