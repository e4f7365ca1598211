"""The review: what a sceptical reader would object to, what was answered, and how well the case is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebook.model.evidence import GRADES, by_value, by_variance
from casebook.model.review import SEVERITIES, Finding, title_of
from casebook.model.study import Study
from casebook.views.view import callout, left, right, row, table

MEANING = {
    "measured": "Measured: computed from the client's data, with its interval",
    "stated": "Stated: the client's own figure, with its document",
    "benchmark": "Benchmark: published, with its source",
    "assumption": "Assumption",
}
RESTS_ON = {
    "measured": "what was measured",
    "stated": "the client's own figures",
    "benchmark": "published benchmarks",
    "assumption": "assumptions",
}


def review(case: Study) -> dict[str, Any]:
    """All findings, the strongest first, each with what would settle it and the answer where there is one."""
    if not case.findings:
        return callout("No objection", "None of the rules of the review found anything to object to.")
    rows = []
    for severity in SEVERITIES:
        found = [each for each in case.findings if each.severity == severity and each.answer is None]
        if found:
            rows.append(row(f"{severity.capitalize()} weight", "", style="heading"))
            rows += [row(title_of(finding.rule), _finding(finding)) for finding in found]
    answered = [finding for finding in case.findings if finding.answer is not None]
    if answered:
        rows.append(row("Answered", "", style="heading"))
        rows += [row(f"{title_of(each.rule)}\n({each.severity} weight)", _finding(each)) for each in answered]
    count = len(case.findings)
    counted = f"{count} {'objection' if count == 1 else 'objections'}, {count - len(answered)} of them open"
    return table(
        [
            left("Objection", 0.8, lines="lead"),
            left("Finding, what would settle it, and the answer", 2.4, lines="lead"),
        ],
        rows,
        caption=counted,
        note="Rules read what the lines and inputs are declared to be, and the figures.",
    )


def _finding(finding: Finding) -> str:
    lines = [finding.text, f"To settle it: {finding.settle[:1].lower()}{finding.settle[1:]}"]
    if finding.answer is not None:
        lines.append(f"Answer: {finding.answer}")
    return "\n".join(lines)


def strongest_objection(case: Study) -> dict[str, Any] | None:
    """The open finding that weighs most, for page 1; None where all are answered or none was found."""
    for finding in case.findings:
        if finding.answer is None:
            settle = f"What would settle it: {finding.settle[:1].lower()}{finding.settle[1:]}"
            title = f"The strongest objection: {title_of(finding.rule).lower()}"
            tone = "info" if finding.severity == "low" else "warning"
            return callout(title, f"{finding.text} {settle}", tone=tone)
    return None


def evidence(case: Study) -> dict[str, Any]:
    """What share of the benefit rests on each grade of evidence, by value and by variance."""
    values = by_value(case)
    variance = case.analysis.variance
    shares = by_variance(case, variance.shares) if variance else None
    columns = [left("Grade"), right("Share of benefits")]
    if shares is not None:
        columns.append(right("Share of variance"))
    rows = [
        row(
            MEANING[grade],
            case.formatter.share(round(values[grade], 3)),
            *([] if shares is None else [case.formatter.share(round(shares[grade], 3))]),
        )
        for grade in GRADES
    ]
    note = "A benefit counts under the weakest grade among its inputs."
    if shares is not None:
        note += " Variance: how much of the spread of the result comes from inputs of the grade."
    return table(columns, rows, caption=standing_on(case, values), note=note)


def standing_on(case: Study, values: Mapping[str, float]) -> str:
    """The grade that most of the benefits rest on, as a finding."""
    grade = max(GRADES, key=lambda each: values[each])
    return f"{case.formatter.share(round(values[grade], 3))} of the benefits rest on {RESTS_ON[grade]}"
