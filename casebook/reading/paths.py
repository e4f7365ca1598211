"""The files that a parameter file names: relative to its own folder, there, and of a bearable size."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from casebook.reading.checking import Checker
from casebook.reading.wording import Place, listed, name_of, show

MAX_FILE_BYTES = 1_000_000

_FROM_HERE = "the path starts at this file's folder"


def check_file(
    checker: Checker, place: Place, text: str, folder: Path, *, suffixes: Collection[str]
) -> Path | None:
    """A file of at most 1 MB with one of some suffixes; None, with the problem noted, where it is none."""
    path = _from_folder(checker, place, text, folder)
    if path is None:
        return None
    found = f"{name_of(place)} is {show(text)}"
    kind, size = _kind_and_size(path)
    if path.suffix.lower() not in suffixes:
        checker.add(place, f"{found}; a file that ends in {listed(suffixes)} is needed")
    elif kind != "file":
        checker.add(place, f"{found}, which {_not(kind)}", _FROM_HERE)
    elif size > MAX_FILE_BYTES:
        checker.add(place, f"{found} with {size / 1e6:.1f} MB; at most 1 MB is needed")
    else:
        return path
    return None


def check_folder(checker: Checker, place: Place, text: str, folder: Path) -> Path | None:
    """A folder; None, with the problem noted, where it is none."""
    path = _from_folder(checker, place, text, folder)
    if path is None:
        return None
    kind, _ = _kind_and_size(path)
    if kind == "folder":
        return path
    checker.add(
        place, f"{name_of(place)} is {show(text)}, which {_not(kind)}; a folder is needed", _FROM_HERE
    )
    return None


def _from_folder(checker: Checker, place: Place, text: str, folder: Path) -> Path | None:
    # An absolute path names one machine, and would be written into what the client receives.
    if Path(text).is_absolute() or text.startswith("~"):
        needed = "a path relative to this file's folder is needed"
        checker.add(place, f"{name_of(place)} is {show(text)}; {needed}")
        return None
    return folder / text


def _not(kind: str | None) -> str:
    return {"file": "is a file", "folder": "is a folder"}.get(kind or "", "does not exist")


def _kind_and_size(path: Path) -> tuple[str | None, int]:
    try:
        if path.is_file():
            return "file", path.stat().st_size
        return ("folder", 0) if path.is_dir() else (None, 0)
    except (OSError, ValueError):  # a name too long for the file system, or with a NUL
        return None, 0
