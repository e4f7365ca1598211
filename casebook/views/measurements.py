"""Inputs measured from data: taking them into the case, and showing what they rest on."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from typing import Any

from casebook.analysis.evidence import GRADES
from casebook.case.builder import CaseBuilder
from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.i18n import Phrase
from casebook.measurement import Measurement
from casebook.measurement.measurement import Amount
from casebook.measurement.selection import findings as findings_of
from casebook.measurement.sources import SourceReport, Sources
from casebook.presentation.formulas import figures
from casebook.schema.inputs import InputValue
from casebook.schema.kinds import out_of_bounds
from casebook.schema.templates import InputDeclaration
from casebook.study.confidence import Confidence
from casebook.study.study import Study
from casebook.views import objections, tables
from casebook.views.view import callout, gap, group, left, right, row, table


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
    declared = case.parameters.template.inputs
    if name not in declared:
        close = difflib.get_close_matches(name, declared, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"declared are: {', '.join(declared)}"
        raise CaseError(f"no input is called '{name}'\n  hint: {hint} Inputs are declared in inputs.yaml")
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
    told = [_told(caveat, declared[name].unit, to) for caveat in caveats]
    known_from = _source(declared[name], to, sources, source)
    words = [known_from, measurement.label]
    described, method = ": ".join(part for part in words if part), to.tell(measurement.method)
    basis = f"{described}, n = {to.number(measurement.n)}, {method}".removeprefix(", ")
    spread: dict[str, Any] = {"low": low, "high": high, "distribution": "pert"} if low < high else {}
    kept = note if note is not None else given.note if given else None
    beside = "\n".join([*([kept] if kept else []), *told]) or None
    value = InputValue(likely, source=basis, evidence="measured", note=beside, **spread)
    about = {
        "label": measurement.label,
        "source": known_from,
        "value": likely,
        "low": low,
        "high": high,
        "n": measurement.n,
        "method": method,
        "caveats": told,
        "rows_read": measurement.rows_read,
        "rows_used": measurement.rows_used,
        "set_aside": {to.tell(reason): count for reason, count in measurement.set_aside.items()},
        "findings": [to.tell(text) for text in findings_of(measurement.set_aside, measurement.rows_read)],
    }
    case.replace_input(name, value, about)


def findings(sources: Sources, to: Formatter) -> dict[str, list[str]]:
    """What a reader must know of each source that was read."""
    tell = to.tell
    return {
        f"{report.name} ({tell(report.shown)})": [tell(text) for text in report.findings]
        for report in sources.reports
        if report.findings
    }


def _check_is_one(name: str, measurement: Any) -> None:
    if isinstance(measurement, Measurement):
        if not (
            math.isfinite(measurement.value) and measurement.low <= measurement.value <= measurement.high
        ):
            raise CaseError(f"{name}: {measurement} is no finite value within its interval")
        return
    parts = (
        [key for key, part in vars(measurement).items() if isinstance(part, Measurement)]
        if hasattr(measurement, "__dict__")
        else []
    )
    hint = f"give one of its parts: {', '.join(parts)}" if parts else "such as mean(table['column'])"
    kind = type(measurement).__name__
    raise CaseError(f"{name}: a Measurement is needed, and a {kind} is given\n  hint: {hint}")


def _within(case: CaseBuilder, name: str, measurement: Measurement) -> tuple[float, float, float]:
    """Value, low and high, within the input's bounds; CaseError where the value itself lies outside them."""
    declared = case.parameters.template.inputs[name]
    broken = out_of_bounds(measurement.value, declared.unit, declared.bounds)
    if broken is not None:
        raise CaseError(
            f"{name} is measured as {measurement.value:.6g}; {broken} is needed\n"
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
    digits = _digits(low, high)
    value, low, high = (round(number, digits) for number in (measurement.value, low, high))
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


def _told(caveat: str, unit: str, to: Formatter) -> str:
    """A caveat as its reader says it, its amounts in the unit of the input."""
    if isinstance(caveat, Phrase):
        parts = {
            key: figures([part], unit, to, exact=False) if isinstance(part, Amount) else part
            for key, part in caveat.parts.items()
        }
        caveat = Phrase(caveat.phrase, **parts)
    return to.tell(caveat)


def _digits(low: float, high: float) -> int:
    """The decimals that the interval leaves any meaning: a hundredth of its width, and no finer.

    >>> _digits(0.0876, 0.1195), _digits(28.4, 192.4), _digits(1_000, 9_000)
    (4, 0, -1)
    """
    width = high - low
    return 15 if width <= 0 else -math.floor(math.log10(width / 100))


def _source(declared: InputDeclaration, to: Formatter, sources: Sources, source: str | None) -> str | None:
    """The source of data in words: the one that is named, the one inputs.yaml names, or the only one."""
    usual = declared.measured_from
    found = source if source is not None else usual if usual in sources else None
    if found is None and len(sources) == 1:
        found = next(iter(sources))
    return None if found is None else f"{found} ({to.tell(sources.described(found))})"


def measurements(case: Study, sources: Sources) -> dict[str, Any]:
    """What was measured: value, interval, rows and method; and what was read of each source."""
    say = case.formatter.say
    if not case.measured and not case.overridden:
        return gap(
            say("Nothing is measured"),
            say("All inputs stand as the parameter file or the template gives them."),
        )
    both = {**case.measured, **case.overridden}
    rows = [_measured(case, name, both[name]) for name in case.parameters.template.inputs if name in both]
    columns = [
        left(say("Input"), 1.1),
        right(say("Value")),
        right(say("90% interval")),
        left(say("Rows and method"), 1.8),
    ]
    note = say("Low and high enter the simulation as the 5th and 95th percentile.")
    tables = [table(columns, rows, caption=say("Inputs measured from data"), note=note)]
    if sources.reports:
        read = [_read(case, report) for report in sources.reports]
        heads = [
            left(say("Source"), 1),
            right(say("Rows read")),
            right(say("Set aside")),
            left(say("Why"), 1.8),
        ]
        tables.append(table(heads, read, caption=say("The data")))
    return tables[0] if len(tables) == 1 else group(tables)


def _measured(case: Study, name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    node = getattr(case.inputs, name)

    def shown(value: float) -> str:
        return figures([value], node.unit, case.formatter, exact=False)

    to, number = case.formatter, case.formatter.number
    interval = to.say("{low} to {high}", low=shown(about["low"]), high=shown(about["high"]))
    lines = [
        f"{_upper(about['method'])}, n = {number(about['n'])}",
        to.say(
            "{read} rows read, {used} used", read=number(about["rows_read"]), used=number(about["rows_used"])
        ),
        *(
            to.say("{number} set aside: {reason}", number=number(count), reason=reason)
            for reason, count in about["set_aside"].items()
        ),
        *about["caveats"],
    ]
    if name in case.overridden:
        lines.append(to.say("Overridden: {value} is used instead", value=tables.value_of(case, node)))
    label = "\n".join(part for part in (node.label, about["label"]) if part)
    return row(label, shown(about["value"]), interval, "\n".join(lines))


def _read(case: Study, report: SourceReport) -> dict[str, Any]:
    number, tell = case.formatter.number, case.formatter.tell
    reasons = [f"{number(count)}: {tell(reason)}" for reason, count in report.set_aside.items()]
    why = "\n".join([*reasons, *map(tell, report.remarks)]) or "–"
    aside = sum(report.set_aside.values())
    return row(f"{report.name}\n{tell(report.shown)}", number(report.rows_read), number(aside), why)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def evidence(case: Study) -> dict[str, Any]:
    """What the benefits rest on; where something was measured, before and after."""
    if not case.measured:
        return objections.evidence(case)
    before, after = case.confidence_before, case.confidence
    if before is None:
        names = ", ".join(getattr(case.inputs, name).label for name in case.measured)
        without = callout(
            case.formatter.say("Measured, not assumed"),
            case.formatter.say(
                "The parameter file gives no value for what was measured ({inputs}), so that there is no "
                "earlier figure to compare with.",
                inputs=names,
            ),
        )
        return group([objections.evidence(case), without])
    return group([_grades(case, before, after), _ranges(case, before, after)])


def _grades(case: Study, before: Confidence, after: Confidence) -> dict[str, Any]:
    share, say = case.formatter.share, case.formatter.say
    columns = [left(say("Grade")), right(say("Benefits, before")), right(say("Benefits, after"))]
    pairs = [(before.by_value, after.by_value)]
    if before.by_variance is not None and after.by_variance is not None:
        columns += [right(say("Variance, before")), right(say("Variance, after"))]
        pairs.append((before.by_variance, after.by_variance))
    rows = [
        row(
            say(objections.MEANING[grade]), *(share(round(each[grade], 3)) for pair in pairs for each in pair)
        )
        for grade in GRADES
    ]
    note = say(
        "A benefit counts under the weakest grade among its inputs; before and after inputs were measured."
    )
    if len(pairs) > 1:
        note += " " + say(objections.VARIANCE)
    return table(columns, rows, caption=objections.standing_on(case, after.by_value), note=note)


def _ranges(case: Study, before: Confidence, after: Confidence) -> dict[str, Any]:
    money, say = case.formatter.money_about, case.formatter.say
    rows = []
    widths = []
    for title, each in ((say("Before measuring"), before), (say("After measuring"), after)):
        spread = each.net_present_value
        cells = ["–", "–", say("no input had a range")]
        if spread is not None:
            widths.append(spread.p95 - spread.p5)
            cells = [money(spread.p5), money(spread.p95), money(widths[-1])]
        rows.append(row(title, case.formatter.money(each.likely), *cells))
    heads = (say("Likely"), say("5th percentile"), say("95th percentile"), say("Width"))
    columns = [left(""), *map(right, heads)]
    return table(columns, rows, caption=_change(case, widths), note=_note(case) or None)


def _change(case: Study, widths: list[float]) -> str:
    say = case.formatter.say
    if len(widths) < 2 or widths[0] <= 0:
        return say("The range of net present value, before and after")
    change = widths[1] / widths[0] - 1
    share = case.formatter.share(round(abs(change), 2))
    if change <= 0:
        return say("Measuring makes the range {share} narrower", share=share)
    return say("Measuring makes the range {share} wider", share=share)


def _note(case: Study) -> str:
    said, say = [], case.formatter.say
    points = [name for name, value in case.before.items() if value is not None and not value.varies]
    if points:
        said.append(
            say("A single point before, as if known exactly: {inputs}.", inputs=_labels(case, points))
        )
    unknown = [name for name, value in case.before.items() if value is None]
    if unknown:
        held = "Without a value before, so held as measured in both rows: {inputs}."
        said.append(say(held, inputs=_labels(case, unknown)))
    return " ".join(said)


def _labels(case: Study, names: list[str]) -> str:
    return ", ".join(getattr(case.inputs, name).label for name in names)
