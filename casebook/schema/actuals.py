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
from typing import Any

from casebook.schema.checker import Checker, show_key
from casebook.schema.inputs import InputValue, by_input, left_out, yearly
from casebook.schema.paths import File
from casebook.schema.periods import PERIOD_FORM, PERIOD_PATTERN, Month, Period, period_of
from casebook.schema.sections import ByName, Key, MappingOf, Section
from casebook.schema.share_totals import check_share_totals
from casebook.schema.templates import Template
from casebook.schema.text_forms import MonthName
from casebook.schema.value_kinds import LINE, TEXT, Kind, Number, Schema
from casebook.schema.wording import Place, name_of
from casebook.schema.yaml_source import REFUSED

START = "start"
_REMARKS = {"source": Key(TEXT), "note": Key(TEXT)}
_APPROVED = {
    "record": Key(File([".json"]), "The record of the approved case.", required=True),
    "sha256": Key(LINE, "The hash of that record.", required=True),
}
_HINT = "write each as name: {2026-Q1: value}"
_START_ABOVE = "write start: 2026-01 beside years:, at the top level of the file"


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


@dataclass(frozen=True)
class _Calendar:
    """The months of a case in which something can have been measured."""

    start: Month
    last: Month | None
    through: Month | None

    def fault(self, period: Period) -> tuple[str, str] | None:
        """What is wrong with a period, and what to do."""
        if period.first < 0:
            return (
                f"begins before the case does, in {self.start}",
                "what came before year 1 belongs under start",
            )
        if period.first // 12 != (period.end - 1) // 12:
            parts = "quarters or months" if period.months == 12 else "months"
            return (
                f"spans two years of the case, which begin in month {self.start.month:02d}",
                f"give its {parts} one by one",
            )
        if self.last and self.start.number + period.end - 1 > self.last.number:
            return f"comes after the last month of the case, {self.last}", "take it out"
        if self.through and self.start.number + period.end - 1 > self.through.number:
            return f"ends after actuals.through, {self.through}", "move through, or take the period out"
        return None


@dataclass(frozen=True)
class ByPeriod(Kind):
    """What was measured of one input or booked on one line: a number by period."""

    number: Number
    calendar: _Calendar | None = None

    def read(self, checker: Checker, place: Place, value: object) -> Measured | None:
        if value is REFUSED or self.calendar is None:
            return None
        no_period = f"{name_of(place)} has no period; at least one is required"
        if value is None or value == {}:
            checker.add(place, no_period, PERIOD_FORM)
            return None
        entries = checker.mapping(place, value, None, hint=f"write {place[-1]}: {{2026-Q1: value}}")
        if entries and entries.keys() <= _REMARKS.keys():
            checker.add(place, no_period, PERIOD_FORM)
        remarks: dict[str, Any] = {}
        at_start, periods = None, []
        for key, entry in entries.items():
            if key in _REMARKS:
                remarks[key] = TEXT.read(checker, (*place, key), entry)
            elif key == START:
                at_start = self.number.read(checker, (*place, key), entry)
            elif period := self._period(checker, self.calendar, place, key):
                number = self.number.read(checker, (*place, key), entry)
                periods += [] if number is None else [(period, number)]
        periods.sort()
        _check_apart(checker, place, [period for period, _ in periods])
        return Measured(tuple(periods), at_start, **remarks)

    @staticmethod
    def _period(checker: Checker, calendar: _Calendar, place: Place, key: str) -> Period | None:
        """The period of a key, within one year of the case and over."""
        period = period_of(key, calendar.start)
        if period is None:
            close = checker.closest(key, (START, *_REMARKS))
            hint = f"did you mean '{close}'?" if close else PERIOD_FORM
            message = f"{name_of(place)} has {show_key(key)}, which is not a period"
            checker.add((*place, key), message, hint)
        elif fault := calendar.fault(period):
            checker.add((*place, key), f"{name_of(place)}: {key} {fault[0]}", fault[1])
            return None
        return period

    def json_schema(self) -> Schema:
        value = self.number.json_schema()
        return {
            "type": "object",
            "properties": {START: value, **{name: each.json_schema({}) for name, each in _REMARKS.items()}},
            "patternProperties": {f"^{PERIOD_PATTERN}$": value},
            "additionalProperties": False,
            "not": {"propertyNames": {"enum": list(_REMARKS)}},
        }


@dataclass(frozen=True)
class _Through(MonthName):
    """The last month that was measured."""

    start: Month | None = None
    last: Month | None = None

    def read(self, checker: Checker, place: Place, value: object) -> Month | None:
        through: Month | None = super().read(checker, place, value)
        if through and self.start and self.last and not self.start <= through <= self.last:
            message = (
                f"{name_of(place)} is {through}; must be a month of the case, {self.start} to {self.last}"
            )
            checker.add(place, message)
            return None
        return through


@dataclass(frozen=True)
class ActualsSection(Kind):
    """What was measured, by input or line and by period, and the case as approved.

    That a line exists is known once the notebook runs.
    """

    above: Mapping[str, Any]

    @property
    def keys(self) -> Mapping[str, Key]:
        """The keys of the section."""
        return self._section(None).keys

    def _section(self, start: Month | None) -> Section:
        years = self.above.get("years")
        last = Month(start.number + 12 * years - 1) if start and years else None

        def observed(number: Number, above: Mapping[str, Any]) -> ByPeriod:
            return ByPeriod(number, _Calendar(start, last, above.get("through")) if start else None)

        def for_inputs(above: Mapping[str, Any]) -> ByName:
            inputs = self.above["template"].inputs.items()
            kinds = {name: observed(yearly(item).number, above) for name, item in inputs}
            return by_input(self.above["template"], kinds, _HINT)

        def for_lines(above: Mapping[str, Any]) -> MappingOf:
            return MappingOf(observed(Number(unit="currency"), above), _HINT)

        keys = {
            "through": Key(
                _Through(start=start, last=last), "The last month observed; without it, the last one given."
            ),
            "inputs": Key(for_inputs, "Inputs by period, each in its own unit.", default={}),
            "lines": Key(for_lines, "Money booked by period, under the name of the line.", default={}),
            "approved": Key(Section(_APPROVED), "The case as approved, which `casebook approve` writes."),
        }
        return Section(keys)

    def read(self, checker: Checker, place: Place, value: object) -> tuple[Actuals | None, Approved | None]:
        start, is_dated = self.above["start"], checker.values.get("start") is not None
        given = value if isinstance(value, dict) else {}
        if START in given:
            message = "actuals.start names the first month of the case, which belongs at the top level"
            checker.add((*place, START), message, f"take it out, and {_START_ABOVE}")
            start, is_dated = start or MonthName().read(checker, (*place, START), given[START]), True
            given = value = {key: entry for key, entry in given.items() if key != START}
        found = self._section(start).read(checker, place, value)
        approved = _approved(checker, (*place, "approved"), found.get("approved"))
        is_measured = [
            key for key, entry in given.items() if key == "through" or (entry and key in ("inputs", "lines"))
        ]
        if not given or (not is_measured and "approved" in given):
            return None, approved
        if not (given.get("inputs") or given.get("lines")) and len(found) == len(given):
            hint = "add inputs: or lines: with what was measured, or take actuals: out"
            checker.add(place, "actuals names neither inputs nor lines", hint)
        if start is None:
            if is_measured and not is_dated:
                checker.add(place, "actuals needs start, the first month of year 1", _START_ABOVE)
            return None, approved
        observed = {name: each for name, each in found.get("inputs", {}).items() if each}
        lines = found.get("lines", {})
        out = left_out(checker, self.above)
        for name in (name for name in observed if name in out):
            message = f"{name_of((*place, 'inputs', name))} measures an input that the case leaves out"
            checker.add((*place, "inputs", name), message, f"give {name} under inputs: as well")
        if self.above["years"]:  # else a list by year may be too short
            _check_scaled(checker, self.above["template"], observed, self.above["inputs"])
        _check_share_totals(checker, self.above["template"], observed)
        through = found.get("through")
        months = (
            through.number - start.number + 1 if through else _latest([*observed.values(), *lines.values()])
        )
        return Actuals(start, months, observed, lines), approved

    def json_schema(self) -> Schema:
        given = [
            {"properties": {key: {"type": "object", "minProperties": 1}}, "required": [key]}
            for key in ("inputs", "lines")
        ]
        return {
            **self._section(None).json_schema(),
            "if": {"type": "object", "minProperties": 1},
            "then": {"anyOf": [*given, {"required": ["approved"], "not": {"required": ["through"]}}]},
        }


def _approved(checker: Checker, place: Place, section: Mapping[str, Any] | None) -> Approved | None:
    """The record of the approved case, where it still is what was approved."""
    path, sha256 = ((section or {}).get(name) for name in _APPROVED)
    if path is None or sha256 is None:
        return None
    record = checker.texts[(*place, "record")]
    try:
        content = path.read_bytes()
    except OSError as error:
        checker.add((*place, "record"), f"{record} can't be read: {error.strerror}")
        return None
    actual = hashlib.sha256(content).hexdigest()
    if actual != sha256:
        message = f"{record} is not what was approved: its SHA-256 is {actual}"
        hint = "bring back the file that was approved; or take approved: out, and approve the case anew"
        checker.add((*place, "sha256"), message, hint)
        return None
    return Approved(record, sha256, content)


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
                checker.add(place, message, f"book the line under actuals.lines, or correct {ramp}")


def _check_share_totals(checker: Checker, template: Template, observed: Mapping[str, Measured]) -> None:
    """Refuse shares of one whole that come to more than it in one and the same period."""
    by_period: dict[Period, dict[str, float]] = {}
    for name, measured in observed.items():
        for period, value in measured.periods:
            by_period.setdefault(period, {})[name] = value
    for period, shares in by_period.items():
        places: dict[str, Place] = {name: ("actuals", "inputs", name, period.text) for name in shares}
        check_share_totals(checker, template.inputs, shares, places, period=period.text)


def _check_apart(checker: Checker, place: Place, periods: list[Period]) -> None:
    for one, other in pairwise(periods):
        if one.overlaps(other):
            message = f"{name_of(place)}: {one.text} and {other.text} overlap"
            checker.add((*place, other.text), message, "keep the finer of the two")
