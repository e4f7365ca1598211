"""What was measured after the case was approved: `actuals:` of a parameter file.

    actuals:
      start: 2026-01                     # the first month of year 1; what falls at the start came before it
      through: 2026-09                   # the last month measured; without it, the last one that is given
      inputs:                            # in the input's own unit, exactly as under inputs:
        adoption: {2026-Q1: 20%, 2026-Q2: 35%, 2026-Q3: 41%}
        licences: {2026-Q1: 32_000, source: invoices}       # currency/year: what it comes to in a year
      lines:                             # money booked in the period, by the line's name
        Agents: {2026-Q1: 690_000, 2026-Q2: 702_000, source: general ledger}
        Implementation: {start: 415_000}

A period is a month (`2026-01`), a quarter (`2026-Q1`), a year (`"2026"`), always of the calendar and within
one year of the case, or `start`. Periods of one name don't overlap; where some are missing, the plan stands
in, and the report says so. For an input, `start` is its value in what falls at the start.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise

from casebook.parameters.periods import MONTH_FORM, PERIOD_FORM, Month, Period, month_of, period_of
from casebook.reading.checking import Bounds, Checker, show_key
from casebook.reading.wording import Place, name_of, show
from casebook.reading.yaml_source import REFUSED
from casebook.templates import Template

ACTUALS_KEYS = ("start", "through", "inputs", "lines")
START = "start"
TEXT_KEYS = ("source", "note")


@dataclass(frozen=True)
class Measured:
    """What was measured of one input or booked on one line."""

    periods: tuple[tuple[Period, float], ...]
    """In the order of time. An input's values are in its own unit; a line's are money of the period."""
    at_start: float | None = None
    """What belongs to the start, before year 1."""
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Actuals:
    """What was measured after the case was approved, and until when."""

    start: Month
    """The first month of year 1."""
    months: int
    """How many months of the case are over: 0 where only the start has been measured."""
    inputs: dict[str, Measured] = field(default_factory=dict)
    lines: dict[str, Measured] = field(default_factory=dict)

    @property
    def through(self) -> Month:
        """The last month that is over; the one before `start` where none is."""
        return Month(self.start.number + self.months - 1)


def read_actuals(
    checker: Checker, template: Template | None, value: object, years: int | None, left_out: Collection[str]
) -> Actuals | None:
    """The actuals, or None where there are none. That a line exists is known once the notebook runs.

    `left_out` are the optional inputs that the case does without.
    """
    if value == {}:
        return None
    entries = checker.mapping(("actuals",), value, ACTUALS_KEYS, required=(START,))
    if not entries:
        return None
    if not (entries.get("inputs") or entries.get("lines")) and len(entries) == len(_mapping(value)):
        hint = "add inputs: or lines: with what was measured, or take actuals: out"
        checker.add(("actuals",), "actuals names neither inputs nor lines", hint)
    start = _month(checker, "start", entries)
    last = None if years is None or start is None else Month(start.number + 12 * years - 1)
    through = _through(checker, entries, start, last)
    if start is None:
        return None
    reader = _Reader(checker, start, last, through)
    inputs = reader.inputs(template, entries.get("inputs"), left_out)
    lines = reader.lines(entries.get("lines"))
    months = through.number - start.number + 1 if through else _latest([*inputs.values(), *lines.values()])
    return Actuals(start, months, inputs, lines)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _latest(every: Collection[Measured]) -> int:
    return max((period.end for measured in every for period, _ in measured.periods), default=0)


def _month(checker: Checker, key: str, entries: dict[str, object]) -> Month | None:
    if key not in entries:
        return None
    place = ("actuals", key)
    text = checker.text(place, entries[key], one_line=True)
    month = month_of(text) if text is not None else None
    if text is not None and month is None:
        checker.add(place, f"{name_of(place)} is {show(text)}; a month is needed", MONTH_FORM)
    return month


def _through(
    checker: Checker, entries: dict[str, object], start: Month | None, last: Month | None
) -> Month | None:
    through = _month(checker, "through", entries)
    if through and start and last and not start <= through <= last:
        message = f"actuals.through is {through}; a month of the case, {start} to {last}, is needed"
        checker.add(("actuals", "through"), message)
        return None
    return through


@dataclass(frozen=True)
class _Reader:
    """Reads the two sections by name and period."""

    checker: Checker
    start: Month
    last: Month | None
    through: Month | None

    def inputs(
        self, template: Template | None, value: object, left_out: Collection[str]
    ) -> dict[str, Measured]:
        found = {}
        for name, entry in self._section("inputs", value).items():
            place: Place = ("actuals", "inputs", name)
            if template is None:
                continue
            if name not in template.inputs:
                hint = self.checker.suggest(name, template.inputs, kind=f"inputs of {template.name}")
                self.checker.add(place, f"no input is called {show_key(name)}", hint)
                continue
            if name in left_out:
                message = f"{name_of(place)} measures an input that the case leaves out"
                self.checker.add(place, message, f"give {name} under inputs: as well")
                continue
            declared = template.inputs[name]
            measured = self._measured(place, entry, unit=declared.unit, bounds=declared.bounds)
            if measured is not None:
                found[name] = measured
        return found

    def lines(self, value: object) -> dict[str, Measured]:
        found = {}
        for name, entry in self._section("lines", value).items():
            measured = self._measured(("actuals", "lines", name), entry, unit="currency", bounds=None)
            if measured is not None:
                found[name] = measured
        return found

    def _section(self, key: str, value: object) -> dict[str, object]:
        hint = "write each as name: {2026-Q1: value}"
        return {} if value is None else self.checker.mapping(("actuals", key), value, None, hint=hint)

    def _measured(self, place: Place, value: object, *, unit: str, bounds: Bounds | None) -> Measured | None:
        if value is REFUSED:
            return None
        if value is None or value == {}:
            self.checker.add(place, f"{name_of(place)} has no period; at least one is needed", PERIOD_FORM)
            return None
        hint = f"write {place[-1]}: {{2026-Q1: value}}"
        entries = self.checker.mapping(place, value, None, hint=hint)
        texts = {key: self.checker.text((*place, key), entries[key]) for key in TEXT_KEYS if key in entries}
        at_start, periods = None, []
        for key, entry in entries.items():
            if key in TEXT_KEYS:
                continue
            period = None if key == START else self._period(place, key)
            if period is None and key != START:
                continue
            number = self.checker.number((*place, key), entry, unit=unit, bounds=bounds)
            if period is None:
                at_start = number
            elif number is not None:
                periods.append((period, number))
        if entries.keys() and entries.keys() <= set(TEXT_KEYS):
            self.checker.add(place, f"{name_of(place)} has no period; at least one is needed", PERIOD_FORM)
        periods.sort()
        self._check_apart(place, [period for period, _ in periods])
        return Measured(tuple(periods), at_start, texts.get("source"), texts.get("note"))

    def _period(self, place: Place, key: str) -> Period | None:
        """The period of a key, within one year of the case and over."""
        at, period = (*place, key), period_of(key, self.start)
        if period is None:
            close = self.checker.closest(key, (START, *TEXT_KEYS))
            hint = f"did you mean '{close}'?" if close else PERIOD_FORM
            self.checker.add(at, f"{name_of(place)} has {show_key(key)}, which is no period", hint)
            return None
        problem = self._unfit(period)
        if problem:
            self.checker.add(at, f"{name_of(place)}: {key} {problem[0]}", problem[1])
        return None if problem else period

    def _unfit(self, period: Period) -> tuple[str, str] | None:
        """What is wrong with a period, and what to do."""
        if period.first < 0:
            return (
                f"begins before the case does, in {self.start}",
                "what came before year 1 belongs under start",
            )
        if period.first // 12 != (period.end - 1) // 12:
            parts = "quarters or months" if period.months == 12 else "months"
            return (
                f"lies in two years of the case, which begin in month {self.start.month:02d}",
                f"give its {parts} one by one",
            )
        if self.last and self.start.number + period.end - 1 > self.last.number:
            return f"comes after the last month of the case, {self.last}", "take it out"
        if self.through and self.start.number + period.end - 1 > self.through.number:
            return f"ends after actuals.through, {self.through}", "move through, or take the period out"
        return None

    def _check_apart(self, place: Place, periods: list[Period]) -> None:
        for one, other in pairwise(periods):
            if other.first < one.end:
                message = f"{name_of(place)}: {one.text} and {other.text} overlap"
                self.checker.add((*place, other.text), message, "keep the finer of the two")
