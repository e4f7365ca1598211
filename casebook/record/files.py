"""The case records that reports leave in their folders: which files are records, and what is in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casebook.errors import InputError, Problem
from casebook.formula.trees import FORMAT, VERSION
from casebook.record.types import fault_of_record
from casebook.schema import foreign
from casebook.schema.wording import show


def candidates(folder: Path) -> Iterator[Path]:
    """The JSON files of a client's folder that may be records; hidden ones and manifests are none."""
    for path in sorted(folder.glob("*.json")):
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(".manifest.json"):
            yield path


def read_record(path: Path) -> dict[str, Any]:
    """The record in a file. Raises InputError where it is none, is not whole, or is a newer casebook's."""
    data = read_json(path)
    if data is None:
        raise InputError(
            [Problem(str(path), "this is no case record", "name the .json file beside a report")]
        )
    return data


def read_json(path: Path) -> dict[str, Any] | None:
    """The record in a file; None for JSON that is something else. Raises InputError as `read_record` does."""
    data = foreign.read_json(path)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return None
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        message = f"written by a newer casebook (record version {version}; this one reads {VERSION})"
        raise InputError([Problem(str(path), message, "bring casebook up to date")])
    wrong = fault_of_record(data)
    if wrong is None and (not isinstance(version, int) or version < 1):
        wrong = f"it has the version {show(version)}"
    if wrong:
        raise InputError([Problem(str(path), f"the record is not whole: {wrong}", "make the report again")])
    return data
