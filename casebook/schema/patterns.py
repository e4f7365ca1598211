"""What a pattern such as `exports/*.csv` finds, without a walk over the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

MOST_NAMES = 20_000
"""Names that a pattern may be held against: more is no folder of data, but the disk."""
MAGIC = frozenset("*?[")


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
