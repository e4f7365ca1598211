"""Files of separated values: what separates them, and where one is out of form."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path
from typing import IO

from casebook.parameters.data import DataSource

_LONGEST_LINE = 1_000_000


def delimiter_of(source: DataSource, path: Path) -> str:
    """What stands between the columns: as given, or what is most frequent in the first line.

    Guessing over the whole file would take one with a row too long for a file of a single column.
    """
    if source.kind == "tsv":
        return "\t"
    if "delimiter" in source.options:
        return source.options["delimiter"]
    with _opened(source, path, errors="replace") as file:
        head = file.readline(_LONGEST_LINE)
    bare = re.sub('"[^"]*"', "", head)
    return max(",;\t|", key=bare.count)


def explain(source: DataSource, path: Path) -> str | None:
    """The first line that is out of form, and why; None where each has the same number of columns."""
    number = 1
    try:
        with _opened(source, path) as file:
            rows = csv.reader(file, delimiter=delimiter_of(source, path), strict=True)
            width = len(next(rows, []))
            for row in rows:
                number = rows.line_num
                if row and len(row) != width:
                    cells = "1 value" if len(row) == 1 else f"{len(row)} values"
                    columns = "1 column" if width == 1 else f"{width} columns"
                    return (
                        f"line {number} has {cells}, and the first line names {columns}\n"
                        "  hint: put quotes round a text that holds the delimiter, or write delimiter:"
                    )
    except csv.Error:
        return f"from line {number + 1} on: a quote begins a text and none ends it"
    except UnicodeError:
        encoding = source.options.get("encoding", "utf-8")
        return f"the file is not in {encoding}\n  hint: write encoding: latin-1, or save it as UTF-8"
    return None


def _opened(source: DataSource, path: Path, errors: str = "strict") -> IO[str]:
    encoding = source.options.get("encoding", "utf-8").lower()
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, errors=errors, newline="")  # type: ignore[return-value]
    return path.open("rt", encoding=encoding, errors=errors, newline="")
