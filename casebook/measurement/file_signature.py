"""Whether a file is what its name says, so that nobody looks for the fault in its rows."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from casebook.errors import CaseError
from casebook.schema.data import DataSource

_SIGNATURES = (
    (
        rb"PK\x03\x04",
        "excel",
        "a workbook or a zip archive",
        "if it is a workbook, let it end in .xlsx",
    ),
    (rb"\xd0\xcf\x11\xe0", None, "an old or a protected Office file", "save it as .xlsx, without a password"),
    (rb"PAR1", "parquet", "a Parquet file", "let its name end in .parquet"),
    (rb"SQLite format 3\x00", "sqlite", "a SQLite file", "let its name end in .sqlite"),
    (rb"\x1f\x8b", None, "compressed", "let its name end in .gz, as in .csv.gz"),
    (rb"%PDF", None, "a PDF", "export the table itself"),
    (rb"(?i)<(?:!doctype|html|\?xml)", None, "a web page or XML", "export the table itself"),
)
_KINDS = {"excel": "a workbook", "parquet": "a Parquet file", "sqlite": "a SQLite file"}
_CHUNK = 1 << 20


def check_signature(path: Path, source: DataSource, label: str) -> None:
    """Raise CaseError where a file is empty, damaged, or of another kind than its name says."""
    head = _unpacked(path, label) if path.suffix.lower() == ".gz" else _first(path)
    if not head:
        raise CaseError(f"{label}: {path.name} is empty")
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    kind, expected = source.kind, _KINDS.get(source.kind, "a text file")
    for pattern, found, what, hint in _SIGNATURES:
        if re.match(pattern, begin):
            if found != kind:
                raise CaseError(f"{label}: {path.name} is {what}, not {expected}\n  hint: {hint}")
            return
    if kind in _KINDS:
        shown = begin[:20].decode("ascii", "replace")
        hint = "export it again, or give it the file extension of what it is"
        raise CaseError(f"{label}: {path.name} is not {expected}; it begins with {shown!r}\n  hint: {hint}")
    is_wide = source.options.get("encoding", "").lower() == "utf-16" or head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if b"\x00" in head and not is_wide:
        hint = "if it is UTF-16, write encoding: utf-16"
        raise CaseError(f"{label}: {path.name} holds zero bytes, which no text has\n  hint: {hint}")
    if kind == "json" and begin.startswith(b"["):
        raise CaseError(f"{label}: {path.name} is one list\n  hint: write one object a line (JSON Lines)")


def _first(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_CHUNK)


def _unpacked(path: Path, label: str) -> bytes:
    """The beginning of what a compressed file holds, once all of it was found sound.

    DuckDB takes no notice of the checksum, and would read other figures out of a damaged file.
    """
    try:
        with gzip.open(path) as file:
            head = file.read(_CHUNK)
            while file.read(_CHUNK):
                pass
        return head
    except EOFError:
        fault = "is cut off: it was not copied completely"
    except (gzip.BadGzipFile, zlib.error) as error:
        is_other = "Not a gzipped file" in str(error)
        fault = "is not compressed with gzip" if is_other else "is damaged: its checksum is wrong"
    raise CaseError(f"{label}: {path.name} {fault}\n  hint: export it or copy it again")
