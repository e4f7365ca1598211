"""What was measured after the case was approved: `actuals:` of a parameter file.

    start: 2026-01                       # the first month of year 1; what falls at the start came before it
    actuals:
      approved:                          # the case as approved; `casebook approve` writes it
        record: approved/acme-bicycle-racks.json
        sha256: 6f1c…
      through: 2026-09                   # the last month measured; without it, the last one that is given
      inputs:                            # in the input's own unit, exactly as under inputs:
        adoption: {2026-Q1: 20%, 2026-Q2: 35%, 2026-Q3: 41%}
        licences: {2026-Q1: 32_000, source: invoices}       # currency/year: what it comes to in a year
        riders: {2026-Q1: 190}                              # scaled_by adoption: as counted, adoption in it
      lines:                             # money booked in the period, by the line's name
        Agents: {2026-Q1: 690_000, 2026-Q2: 702_000, source: general ledger}
        Implementation: {start: 415_000}

A period is a month (`2026-01`), a quarter (`2026-Q1`), a year (`"2026"`), always of the calendar and within
one year of the case, or `start`. Periods of one name don't overlap; where some are missing, the plan stands
in, and the report says so. For an input, `start` is its value in what falls at the start.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from casebook.parameters.inputs import InputValue
from casebook.parameters.periods import PERIOD_FORM, Month, Period, period_of
from casebook.parameters.sections import read_month
from casebook.reading.checking import Bounds, Checker, show_key
from casebook.reading.paths import check_file
from casebook.reading.wholes import check_wholes
from casebook.reading.wording import Place, name_of
from casebook.reading.yaml_source import REFUSED
from casebook.templates import Template

ACTUALS_KEYS = ("through", "inputs", "lines", "approved")
APPROVED_KEYS = ("record", "sha256")
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


@dataclass(frozen=True)
class Approved:
    """The record of the case as it was approved; its hash shows that it is the same still."""

    record: str
    """The file's path from the parameter file's folder."""
    sha256: str
    content: bytes = field(repr=False)


def read_approved(checker: Checker, actuals: object, folder: Path) -> Approved | None:
    """The record that `actuals.approved` names, or None where there is none."""
    place: Place = ("actuals", "approved")
    value = actuals.get("approved", REFUSED) if isinstance(actuals, dict) else REFUSED
    entries = checker.mapping(place, value, APPROVED_KEYS, required=APPROVED_KEYS)
    texts = {key: checker.text((*place, key), entry, one_line=True) for key, entry in entries.items()}
    record, sha256 = (texts.get(key) for key in APPROVED_KEYS)
    path = check_file(checker, (*place, "record"), record, folder, suffixes=(".json",)) if record else None
    if record is None or sha256 is None or path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError as error:
        checker.add((*place, "record"), f"{record} can't be read: {error.strerror}")
        return None
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        message = f"{record} is not what was approved: its SHA-256 is {found}"
        hint = "bring back the file that was approved; or take approved: out, and approve the case anew"
        checker.add((*place, "sha256"), message, hint)
        return None
    return Approved(record, sha256, content)


def read_actuals(
    checker: Checker,
    template: Template | None,
    value: object,
    *,
    start: Month | None,
    is_dated: bool,
    years: int | None,
    inputs: Mapping[str, InputValue],
    left_out: Collection[str],
) -> Actuals | None:
    """What was measured, or None where nothing was. That a line exists is known once the notebook runs.

    `start` is the first month of the case, and `is_dated` says whether one was given, right or wrong;
    `inputs` are the planned values, `left_out` the optional inputs that the case does without.
    """
    if value == {}:
        return None
    given = value if isinstance(value, dict) else {}
    if START in given:
        message = "actuals.start names the first month of the case, which stands at the top level"
        checker.add(("actuals", START), message, f"take it out, and {_START_ABOVE}")
        start, is_dated = start or read_month(checker, ("actuals", START), given[START]), True
        given = value = {key: entry for key, entry in given.items() if key != START}
    entries = checker.mapping(("actuals",), value, ACTUALS_KEYS)
    measured = {key for key, entry in entries.items() if key == "through" or (entry and key != "approved")}
    if not measured and "approved" in entries:
        return None
    if not (entries.get("inputs") or entries.get("lines")) and len(entries) == len(given):
        hint = "add inputs: or lines: with what was measured, or take actuals: out"
        checker.add(("actuals",), "actuals names neither inputs nor lines", hint)
    if start is None:
        if measured and not is_dated:
            checker.add(("actuals",), "actuals needs start, the first month of year 1", _START_ABOVE)
        return None
    last = None if years is None else Month(start.number + 12 * years - 1)
    through = _through(checker, entries, start, last)
    reader = _Reader(checker, start, last, through)
    observed = reader.inputs(template, entries.get("inputs"), left_out)
    lines = reader.lines(entries.get("lines"))
    if template is not None:
        _check_scaled(checker, template, observed, inputs)
        _check_wholes(checker, template, observed)
    months = through.number - start.number + 1 if through else _latest([*observed.values(), *lines.values()])
    return Actuals(start, months, observed, lines)


_START_ABOVE = "write start: 2026-01 beside years:, at the top level of the file"


def _latest(every: Collection[Measured]) -> int:
    return max((period.end for measured in every for period, _ in measured.periods), default=0)


def _check_scaled(
    checker: Checker,
    template: Template,
    observed: Mapping[str, Measured],
    inputs: Mapping[str, InputValue],
) -> None:
    """Refuse an actual of a scaled input where its ramp is 0: it would stand for no plan."""
    for name, measured in observed.items():
        ramp = template.inputs[name].scaled_by
        if ramp is None or ramp not in inputs:
            continue
        planned = inputs[ramp].value
        known = observed[ramp].periods if ramp in observed else ()
        noughts = [period for period, value in known if not value]
        for period, value in measured.periods:
            year = period.first // 12
            share = planned[year] if isinstance(planned, tuple) else planned
            if value and (not share or any(period.overlaps(other) for other in noughts)):
                place = ("actuals", "inputs", name, period.text)
                message = f"{name_of(place)} is {value:g}, while {ramp}, which scales it, is 0"
                checker.add(place, message, f"book the line under actuals.lines, or mend {ramp}")


def _check_wholes(checker: Checker, template: Template, observed: Mapping[str, Measured]) -> None:
    """Refuse shares of one whole that come to more than it in one and the same period."""
    by_period: dict[Period, dict[str, float]] = {}
    for name, measured in observed.items():
        for period, value in measured.periods:
            by_period.setdefault(period, {})[name] = value
    for period, shares in by_period.items():
        places: dict[str, Place] = {name: ("actuals", "inputs", name, period.text) for name in shares}
        check_wholes(checker, template.inputs, shares, places, period=period.text)


def _through(
    checker: Checker, entries: dict[str, object], start: Month | None, last: Month | None
) -> Month | None:
    if "through" not in entries:
        return None
    through = read_month(checker, ("actuals", "through"), entries["through"])
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
            if one.overlaps(other):
                message = f"{name_of(place)}: {one.text} and {other.text} overlap"
                self.checker.add((*place, other.text), message, "keep the finer of the two")
