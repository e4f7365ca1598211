"""The review: what a sceptical reader would object to, what was answered, and how well the case is known."""

from __future__ import annotations

from collections.abc import Mapping

from casebook.analysis.evidence import GRADES, by_value, by_variance
from casebook.formatting import Formatter
from casebook.formatting.sentences import lower_first, upper_first
from casebook.presentation.periods import period_words
from casebook.review.finding import Finding
from casebook.review.pricing import signed, words_of
from casebook.schema.headlines import Headline
from casebook.study.study import Study
from casebook.views.components import Callout, Component, Row, Table, callout, left, right, row
from casebook.views.options import the_whole

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

RULES_NOTE = (
    "The objections follow from fixed rules, applied to the figures and to what each line and input "
    "is declared to be."
)
BREAK_EVEN_NOTE = "Inputs break even with all others at their likely values."
PRICE_NOTES: Mapping[Headline, str] = {
    "expected": "If it holds: the change of the expected net present value, by the formulas of the case.",
    "plan": "If it holds: the change of the net present value at likely values, by the formulas of the case.",
    "risk-adjusted": "If it holds: the change of the risk-adjusted net present value, by the formulas of the "
    "case.",
}

THEN: Mapping[Headline, str] = {
    "expected": "If it holds: {price}; the expected value of {what} is then {worth}.",
    "plan": "If it holds: {price}; at likely values the net present value of {what} is then {worth}.",
    "risk-adjusted": "If it holds: {price}; the risk-adjusted net present value of {what} is then {worth}.",
}
"""What an objection takes away, and what it leaves, for page 1."""

WEIGHTS = {"high": "High weight", "medium": "Medium weight", "low": "Low weight"}


def review(case: Study) -> Component:
    """All findings, the strongest first, each with what it is worth, what would settle it, and its answer."""
    to, say = case.formatter, case.formatter.say
    if not case.findings:
        nothing = say("No rule of the review raised an objection.")
        return callout(say("No objection"), nothing)
    still_open = [finding for finding in case.findings if finding.is_open]
    answered = [finding for finding in case.findings if not finding.is_open]
    rows = [_row(finding, to) for finding in still_open]
    if case.joint_price is not None:
        together = signed(case.joint_price.amount, to)
        rows.append(row(say("All that change the figure, together"), "", together, style="total"))
    if answered:
        rows.append(row(say("Answered"), "", "", style="heading"))
        rows += [_row(finding, to) for finding in answered]
    counted = to.say_count(
        "{count} objection, {open} of them open",
        "{count} objections, {open} of them open",
        len(case.findings),
        open=len(still_open),
    )
    return Table(
        [
            left(say("Objection"), 0.8, lines="lead"),
            left(say("Finding, what would settle it, and the answer"), 2.1, lines="lead"),
            left(say("If it holds"), 0.6),
        ],
        rows,
        caption=counted,
        note=f"{say(RULES_NOTE)} {say(PRICE_NOTES[case.headline])} {say(BREAK_EVEN_NOTE)}",
    )


def _row(finding: Finding, to: Formatter) -> Row:
    weight = lower_first(to.say(WEIGHTS[finding.severity]), to.language)
    return row(f"{finding.title}\n({weight})", _finding(finding, to), words_of(finding, to))


def _finding(finding: Finding, to: Formatter) -> str:
    lines = [finding.text, to.say("To settle it: {what}", what=lower_first(finding.settle, to.language))]
    if finding.answer is not None:
        covers = finding.response.covers
        lines.append(
            to.say("Answer: {answer}", answer=finding.answer)
            if covers == 1
            else to.say(
                "Answer, which covers {share} of it: {answer}", share=to.share(covers), answer=finding.answer
            )
        )
    if who := who_settles(finding, to):
        lines.append(who)
    return "\n".join(lines)


def who_settles(finding: Finding, to: Formatter) -> str:
    """Who settles what is open of a finding, and by when; empty where the parameter file does not say."""
    owner, by = finding.response.owner, finding.response.by
    when = None if by is None else _date(by, to)
    if owner and when:
        return to.say("{owner} to settle it by {date}.", owner=owner, date=when)
    if owner:
        return to.say("{owner} to settle it.", owner=owner)
    return to.say("It is to be settled by {date}.", date=when) if when else ""


def _date(written: str, to: Formatter) -> str:
    """A date, month, quarter or year as a reader meets it."""
    return to.date(written) if len(written) == len("2026-01-31") else period_words(to, written)


def strongest_objection(case: Study) -> Callout | None:
    """The open finding that weighs most, for page 1; None where all are answered or none was found."""
    finding = next((each for each in case.findings if each.is_open), None)
    if finding is None:
        return None
    to, say = case.formatter, case.formatter.say
    rule = lower_first(finding.title, to.language)
    settle = say("What would settle it: {what}", what=lower_first(finding.settle, to.language))
    parts = (finding.text, _if_it_holds(case, finding), settle, who_settles(finding, to))
    return callout(
        say("The strongest objection: {what}", what=rule),
        " ".join(part for part in parts if part),
        tone="info" if finding.severity == "low" else "warning",
    )


def _if_it_holds(case: Study, finding: Finding) -> str:
    to, price = case.formatter, finding.price
    words = words_of(finding, to)
    if price.kind in ("if right", "adverse"):
        if price.net_present_value is None:
            return to.say("If it holds: {price}.", price=words)
        worth = to.money_about(price.net_present_value)
        return to.say(THEN[case.headline], price=words, worth=worth, what=the_whole(case))
    return f"{upper_first(words)}." if finding.price.amount != 0 else ""


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
