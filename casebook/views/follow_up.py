"""After approval: plan against actual to date, what is late, and what is not known yet."""

from __future__ import annotations

from typing import Any

from casebook.model.follow_up import SO_FAR, TO_PLAN, FollowUp
from casebook.model.progress import Progress, known_ratio
from casebook.model.scrutiny import listed
from casebook.model.standing import FAR, NEAR, is_late, standing, symbol
from casebook.model.study import Study
from casebook.views.view import callout, gap, group, left, right, row, table

EARLY = 0.25
"""Under this share of the horizon a ratio to date is a thin basis for the rest."""

_SIDES = (("benefit", "Benefits"), ("cost", "Costs"))


def none_yet() -> dict[str, Any]:
    """What an analyst sees where there are no actuals; a report leaves the section out."""
    return gap("Not followed up yet", "Give actuals in the parameter file once a period is over.", quiet=True)


def follow_up(case: Study) -> dict[str, Any]:
    """Plan against actual to date in words and by line, what is late, and what is not known yet."""
    found = case.followed_up
    if found is None:
        return none_yet()
    paragraphs = [" ".join([_to_date(case, found), _heading(case, found)])]
    late = _late(case, found)
    return group(
        [
            {"view": "text", "paragraphs": paragraphs + ([late] if late else [])},
            _plan_and_actual(case, found),
            *_not_known(case, found),
        ]
    )


def remark(case: Study) -> list[dict[str, Any]]:
    """For page 1, which shows the case as approved: that it is followed up, and where it is heading."""
    found = case.followed_up
    if found is None:
        return []
    late = any(is_late(each.standing) for each in found.lines)
    text = f"This page shows the case as approved. {_heading(case, found)}"
    return [callout(f"Followed up {_until(case, found)}", text, tone="warning" if late else "info")]


def _until(case: Study, found: FollowUp) -> str:
    through = found.course.actuals.through
    return f"to {case.formatter.month(through.year, through.month)}" if found.months else "at the start"


def _to_date(case: Study, found: FollowUp) -> str:
    money, start = case.formatter.money_short, found.course.actuals.start
    sides = []
    for side, title in _SIDES:
        planned, actual = found.to_date(side)
        sides.append(f"{title.lower()} of {money(actual)} stand against {money(planned)} planned")
    (gain, gained), (cost, spent) = found.to_date("benefit"), found.to_date("cost")
    begun = case.formatter.month(start.year, start.month)
    over = f"{found.months} of {12 * case.years} months are over, from {begun}" if found.months else ""
    return (
        f"{over or 'The start is over'} {_until(case, found) if found.months else ''}".rstrip()
        + f": {sides[0]}, {sides[1]}. Net that is {money(gained - spent)} instead of {money(gain - cost)}."
    )


def _heading(case: Study, found: FollowUp) -> str:
    money, (to_plan, so_far) = case.formatter.money_short, (found.outlooks[n] for n in (TO_PLAN, SO_FAR))
    return (
        f"The net present value is heading for {money(to_plan.net_present_value)} if the rest goes to plan, "
        f"and for {money(so_far.net_present_value)} if the rest goes as so far; "
        f"{money(case.result.net_present_value)} was approved."
    )


def _late(case: Study, found: FollowUp) -> str | None:
    late = [each for each in found.lines if each.months_late is not None and each.months_late >= 0.5]
    if not late:
        return None
    said = listed(
        [f"“{each.line.name}” by {case.formatter.months(each.months_late or 0)}" for each in late], 8
    )
    verb = "is" if len(late) == 1 else "are"
    return f"Late {verb} {said}: so much earlier the plan had reached what is there today."


def _plan_and_actual(case: Study, found: FollowUp) -> dict[str, Any]:
    sums = [found.to_date(side) for side, _ in _SIDES]
    places = case.formatter.places([money for pair in sums for money in pair])
    net = tuple(gained - spent for gained, spent in zip(*sums, strict=True))

    def amounts(planned: float, actual: float) -> list[str]:
        return [case.formatter.amount(each, places) for each in (planned, actual, actual - planned)]

    rows = []
    for (side, title), total in zip(_SIDES, sums, strict=True):
        lines = [each for each in found.lines if each.line.side == side]
        for each in lines:
            name = f"{each.line.name}\n{_known_from(case, each)}"
            rows.append(row(each.line.id, name, *amounts(each.planned, each.actual), _stands(case, each)))
        whole = standing(known_ratio(lines), more_is_better=side == "benefit")
        rows.append(row("", title, *amounts(*total), light(whole), style="subtotal"))
    rows.append(row("", "Net", *amounts(net[0], net[1]), "", style="total"))
    heads = [
        left("", 0.1),
        left(case.currency, lines="lead"),
        right("Plan"),
        right("Actual"),
        right("Difference"),
    ]
    return table(
        [*heads, left("Standing", 0.42)],
        rows,
        caption=_finding(case, found),
        whole=True,
        note=(
            f"{case.currency}, nominal, the start included; each year's plan is spread evenly over its "
            f"months. {legend(case)} What nobody measured counts as planned and is not judged."
        ),
    )


def _finding(case: Study, found: FollowUp) -> str:
    """What the table says, as its caption."""
    (gain, gained), (cost, spent) = found.to_date("benefit"), found.to_date("cost")
    difference = (gained - spent) - (gain - cost)
    after = f"after {found.months} of {12 * case.years} months" if found.months else "at the start"
    if case.formatter.money(difference) == case.formatter.money(0):
        return f"Plan against actual {after}: net on plan"
    way = "ahead of" if difference > 0 else "behind"
    return f"Plan against actual {after}: net {case.formatter.money_short(abs(difference))} {way} plan"


def legend(case: Study) -> str:
    """What the shapes mean, with their thresholds."""
    near, far = case.formatter.share(NEAR), case.formatter.share(FAR)
    return (
        f"● within {near} of plan, ◐ up to {far} on the wrong side, ○ more than that, ▲ over {near} better."
    )


def light(word: str) -> str:
    """A standing with its shape."""
    return f"{symbol(word)} {word}"


def _stands(case: Study, each: Progress) -> str:
    late = each.months_late
    if late is None or late < 0.5:
        return light(each.standing)
    return f"{light(each.standing)},\n{case.formatter.months(late)} late"


def _known_from(case: Study, each: Progress) -> str:
    """Where a line's actual comes from, in words."""
    names = listed(getattr(case.inputs, name).label for name in each.inputs)
    words = {"booked": "booked", "measured": f"computed, with {names} as measured", "plan": "as planned"}
    # Months for which nothing was planned and nothing is known are no source.
    pieces = [p for p in each.pieces if p.stretch and (p.source != "plan" or p.planned or p.actual)]
    sources = list(dict.fromkeys(piece.source for piece in pieces))
    start = next((piece.source for piece in each.pieces if piece.stretch is None), None)
    if len(sources) > 1:
        said = ", ".join(f"{words[key]} for {case.formatter.months(each.months(key))}" for key in sources)
    else:
        said = words[sources[0]] if sources else ""
    if start is not None and start not in sources:
        said = f"{said}; start {words[start]}" if said else words[start]
    said = said or words["plan"]
    return said[:1].upper() + said[1:]


def _not_known(case: Study, found: FollowUp) -> list[dict[str, Any]]:
    """What can't be said yet: lines and inputs that nobody measured, and a basis too short for a trend."""
    said = []
    unknown = [each.line for each in found.lines if not each.known and each.planned]
    if unknown:
        names = listed(f"“{line.name}”" for line in unknown)
        said.append(f"Nothing was booked or measured for {names}; the plan stands in for it.")
    measured = found.course.actuals.inputs
    heavy = [swing.name for swing in case.analysis.influence[:3] if swing.swing > 0]
    open_ones = [getattr(case.inputs, name).label for name in heavy if name not in measured]
    if open_ones:
        verb = "has" if len(open_ones) == 1 else "have"
        said.append(
            f"Of the inputs that move the result most, {listed(open_ones)} {verb} not been measured: lines "
            "that were not booked rest on the planned values."
        )
    if found.months < EARLY * 12 * case.years:
        share = case.formatter.share(round(found.months / (12 * case.years), 2))
        said.append(f"Only {share} of the time is over, a thin basis for what comes after it.")
    return [callout("What is not known yet", " ".join(said))] if said else []
