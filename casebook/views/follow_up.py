"""After approval: plan against actual to date, what is late, and what is not known yet."""

from __future__ import annotations

import math
from collections.abc import Iterable

from casebook.follow_up.follow_up import SO_FAR, TO_PLAN, FollowUp
from casebook.follow_up.progress import Progress, side_status
from casebook.follow_up.status import FAR, NEAR, is_late, symbol
from casebook.formatting import Formatter
from casebook.formatting.sentences import upper_first
from casebook.study.study import Study
from casebook.views.components import (
    Callout,
    Component,
    Gap,
    Paragraphs,
    Table,
    callout,
    gap,
    group,
    left,
    right,
    row,
)

EARLY = 0.25
"""Under this share of the horizon a ratio to date is a thin basis for the rest."""

MOST_NAMES = 5

SIDES = (("benefit", "Benefits"), ("cost", "Costs"))


def no_actuals(case: Study) -> Gap:
    """What an analyst sees where there are no actuals; a report leaves the section out."""
    say = case.formatter.say
    text = say("Give actuals in the parameter file once a period is over.")
    return gap(say("Not followed up yet"), text, quiet=True)


def follow_up(case: Study) -> Component:
    """Plan against actual to date in words and by line, what is late, and what is not known yet."""
    tracking = case.followed_up
    if tracking is None:
        return no_actuals(case)
    late = _late(case, tracking)
    paragraphs = [f"{_to_date(case, tracking)} {_heading(case, tracking)}", *([late] if late else [])]
    return group(
        [
            Paragraphs(paragraphs),
            _plan_and_actual(case, tracking),
            *_not_known(case, tracking),
        ]
    )


def remark(case: Study) -> list[Callout]:
    """For page 1: what was approved, that the case is followed up, and where it is heading."""
    tracking, say = case.followed_up, case.formatter.say
    if tracking is None:
        return [] if as_approved(case) else [_not_as_approved(case)]
    title = say("Followed up at the start")
    if tracking.months:
        title = say("Followed up to {month}", month=_months(case, tracking)[1])
    today = say("This page shows the case as computed today, not as approved.")
    today = say("This page shows the case as approved.") if as_approved(case) else today
    text = today if tracking.months else f"{today} {_heading(case, tracking)}"
    late = any(is_late(each.standing) for each in tracking.lines)
    return [callout(title, text, tone="warning" if late else "info")]


def as_approved(case: Study) -> bool:
    """Whether today's case has the figures that were approved; where no record is kept, it is what was."""
    approval = case.approval
    return approval is None or same(approval.net_present_value, float(case.result.net_present_value))


def same(one: float, other: float) -> bool:
    """Whether two amounts differ by rounding alone."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=0.005)


def _not_as_approved(case: Study) -> Callout:
    assert case.approval is not None
    say, money = case.formatter.say, case.formatter.money_short
    text = say(
        "This page shows the case as computed today, with a net present value of {today}; {approved} was "
        "approved.",
        today=money(case.result.net_present_value),
        approved=money(case.approval.net_present_value),
    )
    return callout(say("Approved"), text)


def _months(case: Study, tracking: FollowUp) -> tuple[str, str]:
    """The first month and the last one that is over."""
    start, through = tracking.forecast.actuals.start, tracking.forecast.actuals.through
    first, last = (case.formatter.month(each.year, each.month) for each in (start, through))
    return first, last


def _to_date(case: Study, tracking: FollowUp) -> str:
    money, say = case.formatter.money_short, case.formatter.say
    (gain, gained), (cost, spent) = tracking.to_date("benefit"), tracking.to_date("cost")
    over = say("The start is over.")
    if tracking.months:
        first, last = _months(case, tracking)
        over = say(
            "{over} of {months} months are over, from {first} to {last}.",
            over=tracking.months,
            months=12 * case.years,
            first=first,
            last=last,
        )
    text = say(
        "Benefits of {gained} stand against {gain} planned, costs of {spent} against {cost} planned. Net "
        "that is {net} instead of {planned}.",
        gained=money(gained),
        gain=money(gain),
        spent=money(spent),
        cost=money(cost),
        net=money(gained - spent),
        planned=money(gain - cost),
    )
    return f"{over} {text}"


def _heading(case: Study, tracking: FollowUp) -> str:
    money, ends = case.formatter.money_short, tracking.outlooks
    return case.formatter.say(
        "The net present value is heading for {to_plan} if the rest goes to plan, and for {so_far} if the "
        "trend continues; {approved} was approved.",
        to_plan=money(ends[TO_PLAN].net_present_value),
        so_far=money(ends[SO_FAR].net_present_value),
        approved=money(tracking.approved),
    )


def _late(case: Study, tracking: FollowUp) -> str | None:
    late = [each for each in tracking.lines if each.months_late is not None and each.months_late >= 0.5]
    if not late:
        return None
    say, months = case.formatter.say, case.formatter.months
    named = [
        say("“{line}” by {months}", line=each.line.name, months=months(each.months_late or 0))
        for each in late
    ]
    return say(
        "Behind schedule: {lines}. The plan reached today's level that much earlier.",
        lines=joined(named, case.formatter),
    )


def joined(names: Iterable[str], to: Formatter) -> str:
    """Names as a sentence has them, the last of many counted only."""
    shown = list(names)
    if len(shown) > MOST_NAMES + 1:
        shown = [*shown[:MOST_NAMES], to.say("{count} more", count=len(shown) - MOST_NAMES)]
    if len(shown) < 2:
        return "".join(shown)
    return to.say("{first} and {last}", first=", ".join(shown[:-1]), last=shown[-1])


def _plan_and_actual(case: Study, tracking: FollowUp) -> Table:
    to, say = case.formatter, case.formatter.say
    sums = [tracking.to_date(side) for side, _ in SIDES]
    places = to.places([money for pair in sums for money in pair])

    def amounts(planned: float, actual: float) -> list[str]:
        return [to.amount(each, places) for each in (planned, actual, actual - planned)]

    rows = []
    for (side, title), total in zip(SIDES, sums, strict=True):
        lines = [each for each in tracking.lines if each.line.side == side]
        for each in lines:
            name = f"{each.line.name}\n{_known_from(case, each)}"
            rows.append(row(each.line.id, name, *amounts(each.planned, each.actual), _stands(case, each)))
        whole = side_status(tracking.forecast, lines)
        rows.append(row("", say(title), *amounts(*total), light(whole, to), style="subtotal"))
    (gain, gained), (cost, spent) = sums
    rows.append(row("", say("Net"), *amounts(gain - cost, gained - spent), "", style="total"))
    heads = [right(say("Plan")), right(say("Actual")), right(say("Difference"))]
    notes = [
        say(
            "{currency}, nominal, with the start. A year's plan is spread evenly over its months; a running "
            "total that fills through the year rises with them.",
            currency=case.currency,
        ),
        legend(to),
        say("More than a month late is never on plan."),
        say("What nobody measured counts as planned and is not judged."),
    ]
    return Table(
        [left("", 0.1), left(case.currency, lines="lead"), *heads, left(say("Status"), 0.42)],
        rows,
        caption=_finding(case, tracking, (gained - spent) - (gain - cost)),
        whole=True,
        note=" ".join(notes),
    )


def _finding(case: Study, tracking: FollowUp, difference: float) -> str:
    """What the table says, as its caption."""
    to = case.formatter
    money = to.money_short(abs(difference))
    if to.money(difference) == to.money(0):
        net = to.say("net on plan")
    elif difference > 0:
        net = to.say("net {money} ahead of plan", money=money)
    else:
        net = to.say("net {money} behind plan", money=money)
    if not tracking.months:
        return to.say("Plan against actual at the start: {net}", net=net)
    return to.say(
        "Plan against actual after {over} of {months} months: {net}",
        over=tracking.months,
        months=12 * case.years,
        net=net,
    )


def legend(to: Formatter) -> str:
    """What the shapes mean, with their thresholds."""
    return to.say(
        "● within {near} of plan, ◐ up to {far} on the wrong side, ○ more than that, ▲ over {near} better.",
        near=to.share(NEAR),
        far=to.share(FAR),
    )


def light(word: str, to: Formatter) -> str:
    """A standing with its shape."""
    return f"{symbol(word)} {to.say(word)}"


def _stands(case: Study, each: Progress) -> str:
    late, shown = each.months_late, light(each.standing, case.formatter)
    if late is None or late < 0.5:
        return shown
    return f"{shown},\n{case.formatter.say('{months} late', months=case.formatter.months(late))}"


def _known_from(case: Study, each: Progress) -> str:
    """Where a line's actual comes from, in words."""
    to, say = case.formatter, case.formatter.say
    names = joined((getattr(case.inputs, name).label for name in each.inputs), to)
    words = {
        "booked": say("booked"),
        "measured": say("computed, with {inputs} as measured", inputs=names),
        "plan": say("as planned"),
    }
    # Months for which nothing was planned and nothing is known are no source.
    pieces = [p for p in each.pieces if p.span and (p.source != "plan" or p.planned or p.actual)]
    sources = list(dict.fromkeys(piece.source for piece in pieces))
    start = next((piece.source for piece in each.pieces if piece.span is None), None)
    texts = [words[key] for key in sources]
    if len(sources) > 1:
        texts = [say("{how} for {months}", how=words[k], months=to.months(each.months(k))) for k in sources]
    if start is not None and start not in sources:
        texts.append(say("start {how}", how=words[start]) if texts else words[start])
    text = "; ".join(texts) or words["plan"]
    return upper_first(text)


def _not_known(case: Study, tracking: FollowUp) -> list[Callout]:
    """What can't be said yet: lines and inputs that nobody measured, and a basis too short for a trend."""
    to, say, remarks = case.formatter, case.formatter.say, []
    unknown = [f"“{each.line.name}”" for each in tracking.unmeasured]
    if unknown:
        names = joined(unknown, to)
        remarks.append(
            say("Nothing was booked or measured for {lines}; planned values are used.", lines=names)
        )
    measured = tracking.forecast.actuals.inputs
    heavy = [swing.name for swing in case.analysis.influence[:3] if swing.swing > 0]
    missing = [getattr(case.inputs, name).label for name in heavy if name not in measured]
    if missing:
        remarks.append(
            say(
                "Among the inputs that move the result most, these were not measured: {inputs}. Lines that "
                "were not booked rest on their planned values.",
                inputs=joined(missing, to),
            )
        )
    if tracking.months < EARLY * 12 * case.years:
        share = to.share(round(tracking.months / (12 * case.years), 2))
        remarks.append(say("Only {share} of the period is over: a thin basis for a forecast.", share=share))
    return [callout(say("What is not known yet"), " ".join(remarks))] if remarks else []
