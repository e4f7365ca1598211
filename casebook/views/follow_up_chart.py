"""The running net total: as planned, as it was, and where it is heading."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.follow_up.follow_up import SO_FAR, TO_PLAN, FollowUp
from casebook.formula.operations import Array
from casebook.study.study import Study
from casebook.views.colour import accent
from casebook.views.components import Chart, Gap
from casebook.views.follow_up import no_actuals
from casebook.views.style import INK, MUTED, chart

_GAP = 0.075  # between two labels at the right, as a share of the height


def follow_up_chart(case: Study) -> Chart | Gap:
    """Plan, actual and both outlooks by month; the band of what simulated outcomes leave open."""
    follow_up = case.followed_up
    if follow_up is None:
        return no_actuals(case)
    courses = _courses(follow_up)
    with chart(2.6) as (_, axes, svg):
        _draw(axes, case, follow_up, courses)
    to, say = case.formatter.money_short, case.formatter.say
    now, planned = to(courses["actual"][-1]), to(courses["plan"][follow_up.months])
    caption = say(
        "The running net total stands at {now}; {planned} was planned by now", now=now, planned=planned
    )
    end = say(
        "At the end it reaches {to_plan} if the rest goes to plan and {so_far} if the trend continues; "
        "{planned} was planned.",
        to_plan=to(courses[TO_PLAN][-1]),
        so_far=to(courses[SO_FAR][-1]),
        planned=to(courses["plan"][-1]),
    )
    notes = [say("{currency}, undiscounted.", currency=case.currency)]
    if follow_up.outlooks[SO_FAR].outcomes:
        notes.append(say("The band holds nine of ten outcomes if the trend continues."))
    return Chart(
        caption=caption,
        alt=f"{caption}. {end}",
        svg=svg.getvalue(),
        note=" ".join(notes),
    )


def _courses(follow_up: FollowUp) -> dict[str, Array]:
    """Running totals by month from the start; `actual` ends now, where both outlooks begin."""
    running = {
        name: np.cumsum(follow_up.forecast.net(each.months)) for name, each in follow_up.outlooks.items()
    }
    return {
        "plan": np.cumsum(follow_up.forecast.net(follow_up.forecast.plan)),
        "actual": running[TO_PLAN][: follow_up.months + 1],
        **{name: total[follow_up.months :] for name, total in running.items()},
    }


def _marks(case: Study, follow_up: FollowUp) -> list[int]:
    """Now, and the end of each year that is still to end, in months."""
    return [follow_up.months, *range(12 * (1 + follow_up.months // 12), 12 * case.years + 1, 12)]


def _draw(axes: Any, case: Study, follow_up: FollowUp, courses: dict[str, Array]) -> None:
    colour, now, last = accent(case.parameters.client.colour), follow_up.months, 12 * case.years
    ahead, ends = np.arange(now, last + 1), follow_up.outlooks[SO_FAR].outcomes
    values = np.concatenate(list(courses.values()))
    low, high = min(values.min(), 0), max(values.max(), 0)
    if ends is not None:
        lowest, _, highest = ends.cumulative
        axes.fill_between(_marks(case, follow_up), lowest, highest, color=colour, alpha=0.12, linewidth=0)
        low, high = min(low, lowest.min()), max(high, highest.max())
    axes.plot(np.arange(last + 1), courses["plan"], color=MUTED, linewidth=1.3, linestyle=(0, (1, 1.6)))
    axes.plot(ahead, courses[TO_PLAN], color=INK, linewidth=1.3, linestyle=(0, (5, 2)))
    axes.plot(ahead, courses[SO_FAR], color=colour, linewidth=2, linestyle=(0, (5, 2)))
    axes.plot(np.arange(now + 1), courses["actual"], color=colour, linewidth=2.6)
    axes.plot([now], [courses["actual"][-1]], color=colour, marker="o", markersize=6)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    reach = high - low or 1.0
    axes.set_ylim(low - reach * 0.1, high + reach * 0.14)
    axes.set_xlim(-0.02 * last, last * 1.42)
    _label_ends(axes, case, courses, colour, last, reach)
    if now:
        through = follow_up.forecast.actuals.through
        month = case.formatter.month(through.year, through.month)
        text = f"{month}: {case.formatter.money_short(courses['actual'][-1])}"
        axes.axvline(now, color=MUTED, linewidth=0.7, ymax=0.93)
        axes.text(now + last * 0.01, high + reach * 0.06, text, color=colour, fontweight="bold", fontsize=8.5)
    _year_axis(axes, case)


def _year_axis(axes: Any, case: Study) -> None:
    years, say = range(0, case.years + 1, max(1, case.years // 8)), case.formatter.say
    labels = [say("End of year {year}", year=year) if year else say("Start") for year in years]
    axes.set_xticks([12 * year for year in years], labels)
    axes.yaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)


def _label_ends(
    axes: Any, case: Study, courses: dict[str, Array], colour: str, last: int, reach: float
) -> None:
    """What each course ends at, kept apart where they end close together."""
    money, say = case.formatter.money_short, case.formatter.say
    plan, to_plan, so_far = (float(courses[name][-1]) for name in ("plan", TO_PLAN, SO_FAR))
    labels = [
        (plan, say("{money} planned", money=money(plan)), MUTED, "normal"),
        (to_plan, say("{money} rest to plan", money=money(to_plan)), INK, "normal"),
        (so_far, say("{money} on trend", money=money(so_far)), colour, "bold"),
    ]
    place = -np.inf
    for value, text, shade, weight in sorted(labels, key=lambda label: label[0]):
        place = max(value, place + reach * _GAP)
        axes.text(last * 1.015, place, text, color=shade, fontsize=8.5, fontweight=weight, va="center")
