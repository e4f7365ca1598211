"""Which characters the fonts of a PDF have: one that none has would make it fail the standard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from casebook.errors import ExportError, Problem
from casebook.schema.value_kinds import LONGEST_TEXT

INTER = "Inter"
DEJAVU = "DejaVu Sans"
MONOSPACE = "DejaVu Sans Mono"
MATHEMATICS = "New Computer Modern Math"

REPLACEMENT = "\ufffd"
_LONG_WORD = re.compile(rf"\S{{{LONGEST_TEXT + 1},}}")

# Marks of direction, joiners, variation selectors: typesetters need no glyph for them.
_UNSEEN = re.compile(
    "[\n\t \u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\uffa0]"
)
# What Inter is known to have (a test sees to it): most texts need no look into a font file.
_COMMON = re.compile(
    "[\n\t -~\u00a0-\u0148\u014a-\u017f\u2009\u2013\u2014\u2018-\u201d\u2020-\u2022"
    "\u2026\u20ac\u2212\u2248\u2264\u2265]*"
)


def assets() -> Path:
    """The folder of what the package ships beside its code."""
    return Path(__file__).parent.parent / "assets"


@dataclass(frozen=True)
class Fonts:
    """The fonts of one document, in the order in which they are tried, and what they cover."""

    book: Any
    """typst.Fonts, read once and used for every document."""
    families: tuple[str, ...]
    """Names for text, best first."""
    covered: frozenset[int]
    """The code points that a family has upright, in each of its weights."""
    slanted: frozenset[int]
    """Those that the same families have in italics, too."""

    @property
    def code_families(self) -> tuple[str, ...]:
        """Names for code."""
        return (MONOSPACE, *self.families)

    @property
    def math_families(self) -> tuple[str, ...]:
        """Names for mathematics."""
        return (MATHEMATICS, *self.families)


@lru_cache(maxsize=8)
def fonts(folder: str | None = None) -> Fonts:
    """The shipped fonts and those in `folder`. Raises ExportError if there is no such folder."""
    import typst

    if folder is not None and not Path(folder).is_dir():
        raise ExportError(
            str(Problem("", f"document.fonts: there is no folder {folder}", "correct the path"))
        )
    shipped = [str(assets() / "fonts"), str(_matplotlib_fonts())]
    own = [folder] if folder else []
    book = typst.Fonts(include_system_fonts=False, font_paths=[*shipped, *own])
    given = (
        typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=own).families()
        if own
        else []
    )
    families = (INTER, *(name for name in given if name not in (INTER, DEJAVU)), DEJAVU)
    upright: set[int] = set()
    slanted: set[int] = set()
    for family in families:
        faces = [face for face in book.fonts() if face.family == family and face.path]
        straight = _common([face for face in faces if face.style == "normal"] or faces)
        upright |= straight
        italic = [face for face in faces if face.style != "normal"]
        slanted |= straight & _common(italic) if italic else straight
    return Fonts(book, families, frozenset(upright), frozenset(slanted))


def _matplotlib_fonts() -> Path:
    """Where DejaVu is; matplotlib itself takes longer to import than a page to set."""
    spec = find_spec("matplotlib")
    for place in (spec and spec.submodule_search_locations) or ():
        if (folder := Path(place) / "mpl-data" / "fonts" / "ttf").is_dir():
            return folder
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def _common(faces: Iterable[Any]) -> set[int]:
    """The code points that all faces have: which one is taken depends on the weight of the text."""
    maps = [_code_points(face.path, face.index) for face in faces]
    return set(frozenset.intersection(*maps)) if maps else set()


@lru_cache(maxsize=64)
def _code_points(path: str, index: int) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    try:
        with TTFont(path, lazy=True, fontNumber=index) as font:
            return frozenset(font.getBestCmap() or ())
    except Exception:  # a damaged font fails in as many ways as it has tables: it covers nothing
        return frozenset()


@dataclass
class Glyphs:
    """Replaces, in all texts of a document, what its fonts don't have, and remembers what that was."""

    fonts: Fonts
    """What is available."""
    missing: set[str] = field(default_factory=set)
    """Characters that were replaced."""
    upright: set[str] = field(default_factory=set)
    """Characters that have no italic form."""
    longest: int = 0
    """Characters of the longest word that was cut."""

    def clean(self, text: str) -> str:
        """`text` with U+FFFD for every character that no font has, and no word longer than can be set."""
        if len(text) > LONGEST_TEXT:
            text = _LONG_WORD.sub(self._shortened, text)
        if _COMMON.fullmatch(text):
            return text
        return "".join(self._character(character) for character in text)

    def _shortened(self, word: re.Match[str]) -> str:
        self.longest = max(self.longest, len(word[0]))
        return f"{word[0][:LONGEST_TEXT]}…"

    def clean_data(self, data: Any) -> Any:
        """The same for every text in JSON data."""
        if isinstance(data, str):
            return self.clean(data)
        if isinstance(data, dict):
            return {key: self.clean_data(value) for key, value in data.items()}
        if isinstance(data, (list, tuple)):
            return [self.clean_data(value) for value in data]
        return data

    def _character(self, character: str) -> str:
        code = ord(character)
        if _UNSEEN.match(character) or 0xE0000 <= code <= 0xE0FFF:
            return character
        # The standard forbids the private areas, whatever a font has there.
        if code not in self.fonts.covered or unicodedata.category(character) == "Co":
            self.missing.add(character)
            return REPLACEMENT
        if code not in self.fonts.slanted:
            self.upright.add(character)
        return character

    def report(self) -> str:
        """What was replaced, each character by name, and what was cut; empty if nothing was."""
        cut = f"a word of {self.longest:,} characters is cut after {LONGEST_TEXT:,}" if self.longest else ""
        if not self.missing:
            return cut
        named = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in sorted(self.missing))
        replaced = (
            f"no font has these characters, shown as {REPLACEMENT}: {named} (document.fonts adds fonts)"
        )
        return f"{replaced}; {cut}" if cut else replaced
