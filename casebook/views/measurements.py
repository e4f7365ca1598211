"""What was measured, and what the benefits rest on before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebook.analysis.evidence import GRADES
from casebook.formatting.sentences import upper_first
from casebook.measurement.sources import SourceReport, Sources
from casebook.presentation.formulas import figures
from casebook.study.confidence import Confidence
from casebook.study.study import Study
from casebook.views import registers, review
from casebook.views.components import Component, Row, Table, callout, gap, group, left, right, row


def measurements(case: Study, sources: Sources) -> Component:
    """What was measured: value, interval, rows and method; and what was read of each source."""
    say = case.formatter.say
    if not case.measured and not case.overridden:
        return gap(
            say("Nothing is measured"),
            say("All inputs have the values given in the parameter file or the template."),
            quiet=not case.parameters.data,
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
    tables = [Table(columns, rows, caption=say("Inputs measured from data"), note=note)]
    if sources.reports:
        read = [_read(case, report) for report in sources.reports]
        heads = [
            left(say("Source"), 1),
            right(say("Rows read")),
            right(say("Set aside")),
            left(say("Why"), 1.8),
        ]
        tables.append(Table(heads, read, caption=say("The data")))
    return group(tables)


def _measured(case: Study, name: str, about: Mapping[str, Any]) -> Row:
    node = getattr(case.inputs, name)

    def shown(value: float) -> str:
        return figures([value], node.unit, case.formatter, exact=False)

    to, number = case.formatter, case.formatter.number
    interval = to.say("{low} to {high}", low=shown(about["low"]), high=shown(about["high"]))
    lines = [
        f"{upper_first(about['method'])}, n = {number(about['n'])}",
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
        lines.append(to.say("Overridden: {value} is used instead", value=registers.value_of(case, node)))
    label = "\n".join(part for part in (node.label, about["label"]) if part)
    return row(label, shown(about["value"]), interval, "\n".join(lines))


def _read(case: Study, report: SourceReport) -> Row:
    number, translate = case.formatter.number, case.formatter.translate
    reasons = [f"{number(count)}: {translate(reason)}" for reason, count in report.set_aside.items()]
    why = "\n".join([*reasons, *map(translate, report.remarks)]) or "–"
    aside = sum(report.set_aside.values())
    return row(f"{report.name}\n{translate(report.shown)}", number(report.rows_read), number(aside), why)


def evidence(case: Study) -> Component:
    """What the benefits rest on; where something was measured, before and after."""
    if not case.measured:
        return review.evidence(case)
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
        return group([review.evidence(case), without])
    return group([_grades(case, before, after), _ranges(case, before, after)])


def _grades(case: Study, before: Confidence, after: Confidence) -> Table:
    share, say = case.formatter.share, case.formatter.say
    columns = [left(say("Grade")), right(say("Benefits, before")), right(say("Benefits, after"))]
    pairs = [(before.by_value, after.by_value)]
    if before.by_variance is not None and after.by_variance is not None:
        columns += [right(say("Variance, before")), right(say("Variance, after"))]
        pairs.append((before.by_variance, after.by_variance))
    rows = [
        row(say(review.MEANING[grade]), *(share(round(each[grade], 3)) for pair in pairs for each in pair))
        for grade in GRADES
    ]
    note = say(
        "A benefit counts under the weakest grade among its inputs; before and after inputs were measured."
    )
    if len(pairs) > 1:
        note += " " + say(review.VARIANCE)
    return Table(columns, rows, caption=review.grade_finding(case, after.by_value), note=note)


def _ranges(case: Study, before: Confidence, after: Confidence) -> Table:
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
    return Table(columns, rows, caption=_change(case, widths), note=_note(case))


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
    sentences, say = [], case.formatter.say
    points = [name for name, value in case.before.items() if value is not None and not value.varies]
    if points:
        sentences.append(
            say("A single point before, as if known exactly: {inputs}.", inputs=_labels(case, points))
        )
    unknown = [name for name, value in case.before.items() if value is None]
    if unknown:
        held = "Without a value before, so held as measured in both rows: {inputs}."
        sentences.append(say(held, inputs=_labels(case, unknown)))
    return " ".join(sentences)


def _labels(case: Study, names: list[str]) -> str:
    return ", ".join(getattr(case.inputs, name).label for name in names)
