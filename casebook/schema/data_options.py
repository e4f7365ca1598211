"""How a source of data is to be read: time zones, dates, decimal marks, header rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from casebook.schema.checker import Checker
from casebook.schema.sections import Lines, MappingOf
from casebook.schema.value_kinds import LINE, Choice, Kind, Line, Schema
from casebook.schema.wording import Place, closest, name_of, show
from casebook.schema.yaml_source import REFUSED

ENCODINGS = ("utf-8", "utf-16", "windows-1252", "cp1252", "latin-1")
DECIMALS = (".", ",")
LOWEST_HEADER = 1_000
"""The names of the columns stand in this row at the latest."""


@dataclass(frozen=True)
class TimeZone(Line):
    """A time zone's name."""

    def read(self, checker: Checker, place: Place, value: object) -> str | None:
        text = super().read(checker, place, value)
        if text is None or text in available_timezones():
            return text
        match = closest(text, available_timezones())
        hint = f"did you mean '{match}'?" if match else None
        checker.refuse(place, text, "a time zone such as Europe/Berlin", hint)
        return None


@dataclass(frozen=True)
class Dates(Kind):
    """The columns that hold times, each with its format or None for ISO 8601."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, str | None]:
        if isinstance(value, dict):
            formats = MappingOf(LINE, 'write each as column: "%d.%m.%Y"')
            return dict(formats.read(checker, place, value))
        return dict.fromkeys(Lines().read(checker, place, value))

    def json_schema(self) -> Schema:
        names = Lines().json_schema()
        return {**names, "type": [*names["type"], "object"], "additionalProperties": LINE.json_schema()}


@dataclass(frozen=True)
class Marks(Kind):
    """A mark in numbers, for all columns or by column."""

    hint: str | None = None

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, str]:
        by_column = value if isinstance(value, dict) else {"": value}
        found: dict[str, str] = {}
        for column, mark in by_column.items():
            at = (*place, column) if column else place
            text = LINE.read(checker, at, mark)
            if text in DECIMALS:
                found[column] = text
            elif text is not None:
                checker.refuse(at, text, "'.' or ','", self.hint)
        return found

    def json_schema(self) -> Schema:
        mark = Choice(DECIMALS).json_schema()
        return {"if": {"type": "object"}, "then": {"additionalProperties": mark}, "else": mark}


def decimals_of(checker: Checker, place: Place, options: Mapping[str, Any]) -> dict[str, str]:
    """The decimal mark by column, from decimal: or from thousands:, which takes the other mark."""
    decimals = dict(options.get("decimal", {}))
    other = dict(zip(DECIMALS, reversed(DECIMALS), strict=True))
    for column, mark in options.get("thousands", {}).items():
        if decimals.setdefault(column, other[mark]) == mark:
            at = (*place, "thousands", column) if column else (*place, "thousands")
            checker.add(at, f"{name_of(at)} is {show(mark)}, and so is decimal; they must differ")
    return decimals


@dataclass(frozen=True)
class HeaderRows(Kind):
    """The number of a row, or of several that follow one another, counted from 1."""

    def read(self, checker: Checker, place: Place, value: object) -> tuple[int, ...]:
        given = value if isinstance(value, list) else [value]
        rows = [row for row in given if isinstance(row, int) and not isinstance(row, bool)]
        follow = bool(rows) and rows == given and rows == list(range(rows[0], rows[0] + len(rows)))
        if follow and rows[0] >= 1 and rows[-1] <= LOWEST_HEADER:
            return tuple(rows)
        if value is not REFUSED:
            hint = "write header: 3, or header: [2, 3] where two rows hold the names"
            checker.refuse(place, value, "the number of a row", hint)
        return ()

    def json_schema(self) -> Schema:
        row: Schema = {"type": "integer", "minimum": 1, "maximum": LOWEST_HEADER}
        return {"if": {"type": "array"}, "then": {"items": row, "minItems": 1}, "else": row}
