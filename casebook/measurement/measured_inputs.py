"""A measurement put in the place of an input: held against its bounds, worded, and taken into the case."""

from __future__ import annotations

import difflib
import math
from typing import Any

from casebook.case.builder import CaseBuilder
from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.i18n import Phrase
from casebook.measurement.measurement import Amount, Measurement
from casebook.measurement.set_aside import findings as findings_of
from casebook.measurement.sources import Sources
from casebook.presentation.formulas import figures
from casebook.schema.inputs import InputValue
from casebook.schema.templates import InputDeclaration
from casebook.schema.value_kinds import out_of_bounds


def measure(
    case: CaseBuilder,
    to: Formatter,
    sources: Sources,
    name: str,
    measurement: Any,
    *,
    source: str | None,
    note: str | None,
) -> None:
    """Let a measurement stand for an input, graded measured, its interval the 5th and 95th percentile.

    An input that is overridden stands as it is; what was measured is kept beside it.
    """
    check_is_declared(case, name)
    declared = case.parameters.template.inputs
    _check_is_one(name, measurement)
    given = case.parameters.inputs.get(name)
    overridden = given is not None and given.override
    if given is not None and isinstance(given.value, tuple) and not overridden:
        raise CaseError(
            f"{name} has a value for each year, and a measurement is one value\n"
            "  hint: give one value in the parameter file, and what changes by year as an input of its own"
        )
    likely, low, high = _within(case, name, measurement)
    caveats = [*measurement.caveats, *_cut(measurement, declared[name].bounds)]
    texts = tuple(_caveat_text(caveat, declared[name].unit, to) for caveat in caveats)
    known_from = _source(declared[name], to, sources, source)
    words = [known_from, measurement.label]
    described, method = ": ".join(part for part in words if part), to.translate(measurement.method)
    basis = f"{described}, n = {to.number(measurement.n)}, {method}".removeprefix(", ")
    spread: dict[str, Any] = {"low": low, "high": high, "distribution": "pert"} if low < high else {}
    kept = note if note is not None else given.note if given else None
    beside = "\n".join([*([kept] if kept else []), *texts]) or None
    value = InputValue(likely, source=basis, evidence="measured", note=beside, **spread)
    about = {
        "label": measurement.label,
        "source": known_from,
        "value": likely,
        "low": low,
        "high": high,
        "n": measurement.n,
        "method": method,
        "caveats": texts,
        "rows_read": measurement.rows_read,
        "rows_used": measurement.rows_used,
        "set_aside": {to.translate(reason): count for reason, count in measurement.set_aside.items()},
        "findings": tuple(map(to.translate, findings_of(measurement.set_aside, measurement.rows_read))),
    }
    case.replace_input(name, value, about)


def check_is_declared(case: CaseBuilder, name: str) -> None:
    """Raise CaseError where the template declares no input of that name."""
    declared = case.parameters.template.inputs
    if name not in declared:
        close = difflib.get_close_matches(name, declared, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"declared are: {', '.join(declared)}"
        raise CaseError(f"no input is called '{name}'\n  hint: {hint} Inputs are declared in inputs.yaml")


def findings(sources: Sources, to: Formatter) -> dict[str, list[str]]:
    """What a reader must know of each source that was read."""
    translate = to.translate
    return {
        f"{report.name} ({translate(report.shown)})": [translate(text) for text in report.findings]
        for report in sources.reports
        if report.findings
    }


def _check_is_one(name: str, measurement: Any) -> None:
    if isinstance(measurement, Measurement):
        if not (
            math.isfinite(measurement.value) and measurement.low <= measurement.value <= measurement.high
        ):
            raise CaseError(f"{name}: {measurement} is not a finite value within its interval")
        return
    parts = (
        [key for key, part in vars(measurement).items() if isinstance(part, Measurement)]
        if hasattr(measurement, "__dict__")
        else []
    )
    hint = f"give one of its parts: {', '.join(parts)}" if parts else "such as mean(table['column'])"
    kind = type(measurement).__name__
    raise CaseError(f"{name}: must be a Measurement, not a {kind}\n  hint: {hint}")


def _within(case: CaseBuilder, name: str, measurement: Measurement) -> tuple[float, float, float]:
    """Value, low and high, within the input's bounds; CaseError where the value itself lies outside them."""
    declared = case.parameters.template.inputs[name]
    broken = out_of_bounds(measurement.value, declared.unit, declared.bounds)
    if broken is not None:
        raise CaseError(
            f"{name} is measured as {measurement.value:.6g}; must be {broken}\n"
            f"  hint: the input is {declared.label}, {declared.unit}; look at the unit of what was measured"
        )
    least, greatest = declared.bounds or (None, None)
    low = measurement.low if least is None else max(measurement.low, least)
    high = measurement.high if greatest is None else min(measurement.high, greatest)
    if not math.isfinite(low) or not math.isfinite(high):
        raise CaseError(
            f"{name}: the interval of {measurement} has no end\n"
            "  hint: more rows would give it one; or give the input in the parameter file"
        )
    value, low, high = (_meaningful(number, high - low) for number in (measurement.value, low, high))
    clipped = (max(-math.inf if least is None else least, number) for number in (value, low, high))
    value, low, high = (min(math.inf if greatest is None else greatest, number) for number in clipped)
    return value, low, high


def _cut(measurement: Measurement, bounds: tuple[float | None, float | None] | None) -> list[Phrase]:
    """A word on each end of the interval that lies beyond what the input may be."""
    least, greatest = bounds or (None, None)
    found = []
    if least is not None and measurement.low < least:
        found.append((measurement.low, least))
    if greatest is not None and measurement.high > greatest:
        found.append((measurement.high, greatest))
    return [
        Phrase(
            "The measured range extends to {end}; it is cut at {bound}, the limit of this input.",
            end=Amount(f"{end:.3g}"),
            bound=Amount(bound),
        )
        for end, bound in found
    ]


def _caveat_text(caveat: str, unit: str, to: Formatter) -> str:
    """A caveat as its reader says it, its amounts in the unit of the input."""
    if isinstance(caveat, Phrase):
        parts = {
            key: figures([part], unit, to, exact=False) if isinstance(part, Amount) else part
            for key, part in caveat.parts.items()
        }
        caveat = Phrase(caveat.phrase, **parts)
    return to.translate(caveat)


def _meaningful(number: float, width: float) -> float:
    """A number to a hundredth of the interval's width, and to five digits at least.

    The digits that are dropped mean nothing; no figure is dropped with them, however wide the interval.

    >>> _meaningful(0.123456, 0.03), _meaningful(54.6, 59_950), _meaningful(6766.31, 3.9e7)
    (0.12346, 54.6, 6766.3)
    """
    if not number or width <= 0:
        return number
    digits = -math.floor(math.log10(width / 100))
    return round(number, max(digits, 4 - math.floor(math.log10(abs(number)))))


def _source(declared: InputDeclaration, to: Formatter, sources: Sources, source: str | None) -> str | None:
    """The source of data in words: the one that is named, the one inputs.yaml names, or the only one."""
    usual = declared.measured_from
    found = source if source is not None else usual if usual in sources else None
    if found is None and len(sources) == 1:
        found = next(iter(sources))
    return None if found is None else f"{found} ({to.translate(sources.describe(found))})"
