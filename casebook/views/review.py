"""The review: what a sceptical reader would object to, what was answered, and how well the case is known."""

from __future__ import annotations

from collections.abc import Mapping

from casebook.analysis.evidence import GRADES, by_value, by_variance
from casebook.formatting import Formatter
from casebook.formatting.sentences import lower_first
from casebook.review.review import SEVERITIES, Finding, title_of
from casebook.study.study import Study
from casebook.views.components import Callout, Component, Table, callout, left, right, row

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

VARIANCE = "Variance: how much of the spread of the result comes from inputs of the grade."

WEIGHTS = {"high": "High weight", "medium": "Medium weight", "low": "Low weight"}


def review(case: Study) -> Component:
    """All findings, the strongest first, each with what would settle it and the answer where there is one."""
    to, say = case.formatter, case.formatter.say
    if not case.findings:
        nothing = say("No rule of the review raised an objection.")
        return callout(say("No objection"), nothing)
    rows = []
    for severity in SEVERITIES:
        found = [each for each in case.findings if each.severity == severity and each.answer is None]
        if found:
            rows.append(row(say(WEIGHTS[severity]), "", style="heading"))
            rows += [row(title_of(finding.rule, to), _finding(finding, to)) for finding in found]
    answered = [finding for finding in case.findings if finding.answer is not None]
    if answered:
        rows.append(row(say("Answered"), "", style="heading"))
        for each in answered:
            weight = lower_first(say(WEIGHTS[each.severity]), to.language)
            rows.append(row(f"{title_of(each.rule, to)}\n({weight})", _finding(each, to)))
    count = len(case.findings)
    counted = to.say_count(
        "{count} objection, {open} of them open",
        "{count} objections, {open} of them open",
        count,
        open=count - len(answered),
    )
    return Table(
        [
            left(say("Objection"), 0.8, lines="lead"),
            left(say("Finding, what would settle it, and the answer"), 2.4, lines="lead"),
        ],
        rows,
        caption=counted,
        note=say(
            "The objections follow from fixed rules, applied to the figures and to what each line and input "
            "is declared to be."
        ),
    )


def _finding(finding: Finding, to: Formatter) -> str:
    lines = [finding.text, to.say("To settle it: {what}", what=lower_first(finding.settle, to.language))]
    if finding.answer is not None:
        lines.append(to.say("Answer: {answer}", answer=finding.answer))
    return "\n".join(lines)


def strongest_objection(case: Study) -> Callout | None:
    """The open finding that weighs most, for page 1; None where all are answered or none was found."""
    finding = next((each for each in case.findings if each.answer is None), None)
    if finding is None:
        return None
    to, say = case.formatter, case.formatter.say
    rule = lower_first(title_of(finding.rule, to), to.language)
    settle = say("What would settle it: {what}", what=lower_first(finding.settle, to.language))
    return callout(
        say("The strongest objection: {what}", what=rule),
        f"{finding.text} {settle}",
        tone="info" if finding.severity == "low" else "warning",
    )


def evidence(case: Study) -> Table:
    """What share of the benefit rests on each grade of evidence, by value and by variance."""
    values = by_value(case)
    variance = case.analysis.variance
    shares = by_variance(case, variance.shares) if variance else None
    say = case.formatter.say
    columns = [left(say("Grade")), right(say("Share of benefits"))]
    if shares is not None:
        columns.append(right(say("Share of variance")))
    rows = [
        row(
            say(MEANING[grade]),
            case.formatter.share(round(values[grade], 3)),
            *([] if shares is None else [case.formatter.share(round(shares[grade], 3))]),
        )
        for grade in GRADES
    ]
    note = say("A benefit counts under the weakest grade among its inputs.")
    if shares is not None:
        note += " " + say(VARIANCE)
    return Table(columns, rows, caption=grade_finding(case, values), note=note)


def grade_finding(case: Study, values: Mapping[str, float]) -> str:
    """The grade that most of the benefits rest on, as a finding."""
    to, grade = case.formatter, max(GRADES, key=lambda each: values[each])
    share = to.share(round(values[grade], 3))
    return to.say("{share} of the benefits rest on {what}", share=share, what=to.say(RESTS_ON[grade]))
