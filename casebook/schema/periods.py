"""Months of a case and the periods in which it is measured: months, quarters and years of the calendar.

A parameter file may name the first month of year 1 (`start`). Everything is counted in months from there:
month 0 is the first of year 1, month 12 the first of year 2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MONTH_FORM = "write YYYY-MM, such as 2026-01"
PERIOD_FORM = 'write a month (2026-01), a quarter (2026-Q1), a year ("2026", in quotes) or start'

PERIOD_PATTERN = "[0-9]{4}(?:-(?:0[1-9]|1[0-2]|[Qq][1-4]))?"
MONTH_PATTERN = "[0-9]{4}-(?:0[1-9]|1[0-2])"

_QUARTER = re.compile(r"([0-9]{4})-[Qq]([1-4])")
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar."""

    number: int
    """Months since the year 0."""

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.number // 12

    @property
    def month(self) -> int:
        """1 is January."""
        return self.number % 12 + 1

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, order=True)
class Period:
    """Some months of a case that belong together, all of one of its years."""

    first: int
    """From 0, the first month of year 1."""
    months: int
    text: str
    """As it was written: 2026-Q1."""

    @property
    def end(self) -> int:
        """The month after its last."""
        return self.first + self.months

    def overlaps(self, other: Period) -> bool:
        """Whether the two have a month in common."""
        return self.first < other.end and other.first < self.end


def month_of(text: str) -> Month | None:
    """The month that a text names; None where it names none.

    >>> str(month_of("2026-09")), month_of("September 2026"), month_of("2026-13")
    ('2026-09', None, None)
    """
    return Month(12 * int(text[:4]) + int(text[5:]) - 1) if re.fullmatch(MONTH_PATTERN, text) else None


def period_of(text: str, start: Month) -> Period | None:
    """The period that a text names, counted from the first month of a case; None where it names none.

    >>> period_of("2026-Q3", month_of("2026-04")), period_of("Q3", month_of("2026-04"))
    (Period(first=3, months=3, text='2026-Q3'), None)
    """
    month = month_of(text)
    if month:
        return Period(month.number - start.number, 1, text)
    if found := _QUARTER.fullmatch(text):
        return Period(12 * int(found[1]) + 3 * (int(found[2]) - 1) - start.number, 3, text)
    if _YEAR.fullmatch(text):
        return Period(12 * int(text) - start.number, 12, text)
    return None


def calendar_period(text: str) -> Period | None:
    """The period that a text names, counted in months since the year 0; None where it names none.

    >>> calendar_period("2026-Q3").first == month_of("2026-07").number, calendar_period("month 9")
    (True, None)
    """
    return period_of(text, Month(0))
