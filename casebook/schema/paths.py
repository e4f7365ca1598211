"""The files that a parameter file names: relative to its own folder, there, and of a bearable size."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from casebook.schema.checker import Checker
from casebook.schema.fonts import damaged_fonts
from casebook.schema.patterns import TooManyError
from casebook.schema.value_kinds import LINE, Kind, Schema, case_insensitive
from casebook.schema.wording import Place, listed, name_of, show

MAX_FILE_BYTES = 1_000_000
RELATIVE = r"^(?![/~])"
FROM_HERE = "paths are relative to this file's folder"


@dataclass(frozen=True)
class File(Kind):
    """A file of at most 1 MB with one of some endings."""

    suffixes: Collection[str]
    fault_of: Callable[[bytes], str | None] | None = None
    """Says why the content of a file will not do; None where it will."""
    is_settable = True

    def read(self, checker: Checker, place: Place, value: object) -> Path | None:
        path = from_folder(checker, place, value)
        if path is None:
            return None
        text = checker.texts[place]
        found = f"{name_of(place)} is {show(text)}"
        kind, size = _kind_and_size(path)
        if path.suffix.lower() not in self.suffixes:
            checker.add(place, f"{found}; must be a file that ends in {listed(self.suffixes)}")
        elif kind != "file":
            checker.add(place, f"{found}, which {_not(kind)}", FROM_HERE)
        elif size > MAX_FILE_BYTES:
            checker.add(place, f"{found} with {size / 1e6:.1f} MB; must be at most 1 MB")
        elif fault := self._fault(path):
            checker.add(place, f"{found}, which can't be shown: {fault}")
        else:
            return path
        return None

    def _fault(self, path: Path) -> str | None:
        try:
            return self.fault_of(path.read_bytes()) if self.fault_of else None
        except OSError as error:
            return f"it can't be read ({error.strerror})"

    def json_schema(self) -> Schema:
        ending = rf"(?:{case_insensitive(self.suffixes)})\n*$"
        patterns = (LINE.pattern, RELATIVE, ending)
        return {"type": "string", "allOf": [{"pattern": pattern} for pattern in patterns]}


@dataclass(frozen=True)
class FontFolder(Kind):
    """A folder of fonts, all of which can be read."""

    is_settable = True

    def read(self, checker: Checker, place: Place, value: object) -> str | None:
        path = from_folder(checker, place, value)
        if path is None:
            return None
        text = checker.texts[place]
        found = f"{name_of(place)} is {show(text)}"
        kind, _ = _kind_and_size(path)
        if kind != "folder":
            checker.add(place, f"{found}, which {_not(kind)}; must be a folder", FROM_HERE)
            return None
        try:
            damaged = list(damaged_fonts(path))
        except TooManyError as error:
            checker.add(place, f"{found}, for which {error}", "name a folder that holds nothing but fonts")
            return None
        if damaged:
            message = f"{found}, with fonts that can't be read: {listed(damaged)}"
            checker.add(place, message, "remove them, or replace them with sound ones")
        return text

    def json_schema(self) -> Schema:
        return {"allOf": [LINE.json_schema(), {"pattern": RELATIVE}]}


def from_folder(checker: Checker, place: Place, value: object) -> Path | None:
    """The place of a relative path; None, with the problem noted, where it is none."""
    text = LINE.read(checker, place, value)
    if text is None:
        return None
    # An absolute path names one machine, and would be written into what the client receives.
    if Path(text).is_absolute() or text.startswith("~"):
        checker.refuse(place, text, "a path relative to this file's folder")
        return None
    checker.paths[place] = text
    return checker.folder / text


def _not(kind: str | None) -> str:
    return {"file": "is a file", "folder": "is a folder"}.get(kind or "", "does not exist")


def _kind_and_size(path: Path) -> tuple[str | None, int]:
    try:
        if path.is_file():
            return "file", path.stat().st_size
        return ("folder", 0) if path.is_dir() else (None, 0)
    except (OSError, ValueError):  # a name too long for the file system, or with a NUL
        return None, 0
