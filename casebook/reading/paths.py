"""The files that a parameter file names: relative to its own folder, there, and of a bearable size."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from casebook.reading.checking import Checker
from casebook.reading.wording import Place, listed, name_of, show

MAX_FILE_BYTES = 1_000_000
MOST_NAMES = 20_000
"""Names that a pattern may be held against: more is no folder of data, but the disk."""
MAGIC = frozenset("*?[")

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


class TooManyError(ValueError):
    """A pattern would have more names to be looked at than it may."""


def matching(folder: Path, pattern: str) -> list[Path]:
    """What a relative pattern (`*`, `?`, `[…]`, `**` for folders at any depth) finds from a folder, sorted.

    Raises TooManyError where that would be a walk over the disk.
    """
    left = iter(range(MOST_NAMES))

    def names(place: Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if next(left, None) is None:
                        raise TooManyError(f"more than {MOST_NAMES:,} names would have to be looked at")
                    yield entry
        except OSError:  # it is no folder, or can't be read
            return

    def walk(place: Path, steps: Sequence[str]) -> Iterator[Path]:
        if not steps:
            yield place
        elif steps[0] == "**":
            yield from walk(place, steps[1:])
            for entry in names(place):
                if entry.is_dir(follow_symlinks=False):
                    yield from walk(place / entry.name, steps)
        elif MAGIC.isdisjoint(steps[0]):
            if os.path.lexists(place / steps[0]):
                yield from walk(place / steps[0], steps[1:])
        else:
            for entry in names(place):
                if fnmatchcase(entry.name, steps[0]):
                    yield from walk(place / entry.name, steps[1:])

    return sorted(dict.fromkeys(walk(folder, Path(pattern).parts)))
