"""The running net total: as planned, as it was, and where it is heading."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.model.course import Stretch
from casebook.model.follow_up import SO_FAR, TO_PLAN, FollowUp
from casebook.model.operations import Array
from casebook.model.progress import by_month
from casebook.model.study import Study
from casebook.views.follow_up import none_yet
from casebook.views.style import INK, MUTED, accent, chart

_GAP = 0.075  # between two labels at the right, as a share of the height


def follow_up_chart(case: Study) -> dict[str, Any]:
    """Plan, actual and both outlooks by month; the band of what simulated outcomes leave open."""
    found = case.followed_up
    if found is None:
        return none_yet()
    courses = _courses(case, found)
    with chart(2.6) as (_, axes, svg):
        _draw(axes, case, found, courses)
    to, months = case.formatter.money_short, found.months
    words = (
        f"After {case.formatter.months(months)} the running net total stands at {to(courses['actual'][-1])}; "
        f"{to(courses['plan'][months])} was planned. At the end it reaches {to(courses[TO_PLAN][-1])} if the "
        f"rest goes to plan and {to(courses[SO_FAR][-1])} if the rest goes as so far; "
        f"{to(courses['plan'][-1])} was planned."
    )
    banded = " The band holds nine of ten outcomes if the rest goes as so far."
    return {
        "view": "chart",
        "caption": f"The running net total stands at {to(courses['actual'][-1])}; "
        f"{to(courses['plan'][months])} was planned by now",
        "alt": words,
        "svg": svg.getvalue(),
        "note": f"{case.formatter.currency}, undiscounted.{banded if found.outlooks[SO_FAR].ends else ''}",
    }


def _courses(case: Study, found: FollowUp) -> dict[str, Array]:
    """Running totals by month from the start; `actual` ends now."""
    plan = case.result.cash_flow.net
    now = found.months
    actual = [
        sum(_sign(each.line.side) * p.actual for each in found.lines for p in each.pieces if not p.stretch)
    ]
    for stretch in found.course.stretches:
        money = sum(
            _sign(each.line.side) * piece.actual
            for each in found.lines
            for piece in each.pieces
            if piece.stretch == stretch
        )
        steps = stretch.end - stretch.first
        actual += [actual[-1] + money * step / steps for step in range(1, steps + 1)]
    courses = {"plan": by_month(plan), "actual": np.array(actual)}
    for name, each in found.outlooks.items():
        sides = {line.line.name: _sign(line.line.side) for line in found.lines}
        net = sum((sides[line] * flow for line, flow in each.flows.items()), np.zeros(case.years + 1))
        # Where a year is under way its months that are over are known; what is left of it comes evenly.
        ends = np.cumsum(net)[1 + now // 12 :]
        marks = [now, *range(12 * (1 + now // 12), 12 * case.years + 1, 12)]
        months = np.arange(now, 12 * case.years + 1)
        courses[name] = np.interp(months, marks, [actual[-1], *ends])
    return courses


def _net(found: FollowUp, stretch: Stretch | None) -> float:
    """Benefits less costs of some months, or at the start."""
    pieces = ((_sign(each.line.side), piece) for each in found.lines for piece in each.pieces)
    return sum(sign * piece.actual for sign, piece in pieces if piece.stretch == stretch)


def _sign(side: str) -> int:
    return 1 if side == "benefit" else -1


def _draw(axes: Any, case: Study, found: FollowUp, courses: dict[str, Array]) -> None:
    colour, now, last = accent(case.parameters.client.colour), found.months, 12 * case.years
    ahead = np.arange(now, last + 1)
    ends = found.outlooks[SO_FAR].ends
    values = np.concatenate(list(courses.values()))
    low, high = min(values.min(), 0), max(values.max(), 0)
    if ends is not None:
        marks = [now, *range(12 * (1 + now // 12), last + 1, 12)]
        axes.fill_between(
            marks, ends.cumulative[0], ends.cumulative[2], color=colour, alpha=0.12, linewidth=0
        )
        low, high = min(low, ends.cumulative[0].min()), max(high, ends.cumulative[2].max())
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
    through = found.course.actuals.through
    if now:
        axes.axvline(now, color=MUTED, linewidth=0.7, ymax=0.93)
        money = case.formatter.money_short(courses["actual"][-1])
        text = f"{case.formatter.month(through.year, through.month)}: {money}"
        axes.text(now + last * 0.01, high + reach * 0.06, text, color=colour, fontweight="bold", fontsize=8.5)
    step = max(1, case.years // 8)
    years = range(0, case.years + 1, step)
    axes.set_xticks([12 * year for year in years], ["Start" if not y else f"End of year {y}" for y in years])
    axes.yaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)


def _label_ends(
    axes: Any, case: Study, courses: dict[str, Array], colour: str, last: int, reach: float
) -> None:
    """What each course ends at, kept apart where they end close together."""
    money = case.formatter.money_short
    labels = [
        (float(courses["plan"][-1]), f"{money(courses['plan'][-1])} planned", MUTED, False),
        (float(courses[TO_PLAN][-1]), f"{money(courses[TO_PLAN][-1])} rest to plan", INK, False),
        (float(courses[SO_FAR][-1]), f"{money(courses[SO_FAR][-1])} rest as so far", colour, True),
    ]
    labels.sort(key=lambda label: label[0])
    place = -np.inf
    for value, text, shade, bold in labels:
        place = max(value, place + reach * _GAP)
        weight = "bold" if bold else "normal"
        axes.text(last * 1.015, place, text, color=shade, fontsize=8.5, fontweight=weight, va="center")
