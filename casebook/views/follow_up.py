"""After approval: plan against actual to date, what is late, and what is not known yet."""

from __future__ import annotations

import math
from collections.abc import Iterable

from casebook.follow_up.follow_up import SO_FAR, TO_PLAN, FollowUp
from casebook.follow_up.progress import Progress, side_standing
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
    found = case.followed_up
    if found is None:
        return no_actuals(case)
    late = _late(case, found)
    paragraphs = [f"{_to_date(case, found)} {_heading(case, found)}", *([late] if late else [])]
    return group(
        [
            Paragraphs(paragraphs),
            _plan_and_actual(case, found),
            *_not_known(case, found),
        ]
    )


def remark(case: Study) -> list[Callout]:
    """For page 1: what was approved, that the case is followed up, and where it is heading."""
    found, say = case.followed_up, case.formatter.say
    if found is None:
        return [] if as_approved(case) else [_not_as_approved(case)]
    title = say("Followed up at the start")
    if found.months:
        title = say("Followed up to {month}", month=_months(case, found)[1])
    today = say("This page shows the case as computed today, not as approved.")
    today = say("This page shows the case as approved.") if as_approved(case) else today
    text = f"{today} {_heading(case, found)}"
    late = any(is_late(each.standing) for each in found.lines)
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


def _months(case: Study, found: FollowUp) -> tuple[str, str]:
    """The first month and the last one that is over."""
    start, through = found.forecast.actuals.start, found.forecast.actuals.through
    first, last = (case.formatter.month(each.year, each.month) for each in (start, through))
    return first, last


def _to_date(case: Study, found: FollowUp) -> str:
    money, say = case.formatter.money_short, case.formatter.say
    (gain, gained), (cost, spent) = found.to_date("benefit"), found.to_date("cost")
    over = say("The start is over.")
    if found.months:
        first, last = _months(case, found)
        over = say(
            "{over} of {months} months are over, from {first} to {last}.",
            over=found.months,
            months=12 * case.years,
            first=first,
            last=last,
        )
    said = say(
        "Benefits of {gained} stand against {gain} planned, costs of {spent} against {cost} planned. Net "
        "that is {net} instead of {planned}.",
        gained=money(gained),
        gain=money(gain),
        spent=money(spent),
        cost=money(cost),
        net=money(gained - spent),
        planned=money(gain - cost),
    )
    return f"{over} {said}"


def _heading(case: Study, found: FollowUp) -> str:
    money, ends = case.formatter.money_short, found.outlooks
    return case.formatter.say(
        "The net present value is heading for {to_plan} if the rest goes to plan, and for {so_far} if the "
        "rest goes as so far; {approved} was approved.",
        to_plan=money(ends[TO_PLAN].net_present_value),
        so_far=money(ends[SO_FAR].net_present_value),
        approved=money(found.approved),
    )


def _late(case: Study, found: FollowUp) -> str | None:
    late = [each for each in found.lines if each.months_late is not None and each.months_late >= 0.5]
    if not late:
        return None
    say, months = case.formatter.say, case.formatter.months
    said = [
        say("“{line}” by {months}", line=each.line.name, months=months(each.months_late or 0))
        for each in late
    ]
    return say(
        "Behind schedule: {lines}. The plan reached today's level that much earlier.",
        lines=joined(said, case.formatter),
    )


def joined(names: Iterable[str], to: Formatter) -> str:
    """Names as a sentence has them, the last of many counted only."""
    shown = list(names)
    if len(shown) > MOST_NAMES + 1:
        shown = [*shown[:MOST_NAMES], to.say("{count} more", count=len(shown) - MOST_NAMES)]
    if len(shown) < 2:
        return "".join(shown)
    return to.say("{first} and {last}", first=", ".join(shown[:-1]), last=shown[-1])


def _plan_and_actual(case: Study, found: FollowUp) -> Table:
    to, say = case.formatter, case.formatter.say
    sums = [found.to_date(side) for side, _ in SIDES]
    places = to.places([money for pair in sums for money in pair])

    def amounts(planned: float, actual: float) -> list[str]:
        return [to.amount(each, places) for each in (planned, actual, actual - planned)]

    rows = []
    for (side, title), total in zip(SIDES, sums, strict=True):
        lines = [each for each in found.lines if each.line.side == side]
        for each in lines:
            name = f"{each.line.name}\n{_known_from(case, each)}"
            rows.append(row(each.line.id, name, *amounts(each.planned, each.actual), _stands(case, each)))
        whole = side_standing(found.forecast, lines)
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
        [left("", 0.1), left(case.currency, lines="lead"), *heads, left(say("Standing"), 0.42)],
        rows,
        caption=_finding(case, found, (gained - spent) - (gain - cost)),
        whole=True,
        note=" ".join(notes),
    )


def _finding(case: Study, found: FollowUp, difference: float) -> str:
    """What the table says, as its caption."""
    to = case.formatter
    money = to.money_short(abs(difference))
    if to.money(difference) == to.money(0):
        net = to.say("net on plan")
    elif difference > 0:
        net = to.say("net {money} ahead of plan", money=money)
    else:
        net = to.say("net {money} behind plan", money=money)
    if not found.months:
        return to.say("Plan against actual at the start: {net}", net=net)
    return to.say(
        "Plan against actual after {over} of {months} months: {net}",
        over=found.months,
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
    pieces = [p for p in each.pieces if p.stretch and (p.source != "plan" or p.planned or p.actual)]
    sources = list(dict.fromkeys(piece.source for piece in pieces))
    start = next((piece.source for piece in each.pieces if piece.stretch is None), None)
    said = [words[key] for key in sources]
    if len(sources) > 1:
        said = [say("{how} for {months}", how=words[k], months=to.months(each.months(k))) for k in sources]
    if start is not None and start not in sources:
        said.append(say("start {how}", how=words[start]) if said else words[start])
    text = "; ".join(said) or words["plan"]
    return upper_first(text)


def _not_known(case: Study, found: FollowUp) -> list[Callout]:
    """What can't be said yet: lines and inputs that nobody measured, and a basis too short for a trend."""
    to, say, said = case.formatter, case.formatter.say, []
    unknown = [f"“{each.line.name}”" for each in found.unmeasured]
    if unknown:
        names = joined(unknown, to)
        said.append(say("Nothing was booked or measured for {lines}; planned values are used.", lines=names))
    measured = found.forecast.actuals.inputs
    heavy = [swing.name for swing in case.analysis.influence[:3] if swing.swing > 0]
    missing = [getattr(case.inputs, name).label for name in heavy if name not in measured]
    if missing:
        said.append(
            say(
                "Among the inputs that move the result most, these were not measured: {inputs}. Lines that "
                "were not booked rest on their planned values.",
                inputs=joined(missing, to),
            )
        )
    if found.months < EARLY * 12 * case.years:
        share = to.share(round(found.months / (12 * case.years), 2))
        said.append(say("Only {share} of the period is over: a thin basis for a forecast.", share=share))
    return [callout(say("What is not known yet"), " ".join(said))] if said else []
