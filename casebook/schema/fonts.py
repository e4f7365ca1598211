"""Font files that a document brings along: whether they can be read, before a typesetter tries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from casebook.schema.patterns import matching

SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
_MOST_BYTES = 50_000_000


def damaged_fonts(folder: Path) -> Iterator[str]:
    """The names of the font files in a folder that can't be read as what they are called.

    Raises TooManyError where the folder is not a folder of fonts.
    """
    for path in matching(folder, "**/*"):
        if path.suffix.lower() in SUFFIXES and not _is_font(path):
            yield path.relative_to(folder).as_posix()


def _is_font(path: Path) -> bool:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return False
        with TTFont(path, lazy=True, fontNumber=0, checkChecksums=2) as font:
            size = path.stat().st_size
            is_whole = all(table.offset + table.length <= size for table in font.reader.tables.values())
            # Which characters it has: damaged, that would keep the typesetter counting for hours.
            return is_whole and bool(font.reader["cmap"]) and "name" in font
    except Exception:  # as many kinds as a font has tables
        return False
