"""Money by year and its running total as a chart, with the words that say what it shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.presentation.figure import Figure
from casebook.study.study import Study
from casebook.views.cash_flow import year_head
from casebook.views.colour import accent
from casebook.views.components import Chart
from casebook.views.style import INK, LOSS, MUTED, PALE, chart


def cash_flow_chart(case: Study) -> Chart:
    """Bars for the net money of each year, a line for the running total, and where it turns positive."""
    flow, to = case.result.cash_flow, case.formatter
    with_start = bool(flow.benefits[0] or flow.costs[0])
    first = 0 if with_start else 1
    years = np.arange(first, case.years + 1)
    labels = [year_head(to, int(year)) for year in years]
    short = len(years) < 3
    with chart(1.6 if short else 2.2) as (_, axes, svg):
        (_sides if short else _course)(axes, case, years, labels)
    return Chart(
        caption=_caption(case, short),
        alt=_alt(case, labels, years),
        svg=svg.getvalue(),
        note=to.say("{currency}, undiscounted.", currency=to.currency),
    )


def _sides(axes: Any, case: Study, years: Any, _: list[str]) -> None:
    """Costs, benefits and net side by side, for a horizon too short to have a course."""
    flow, to = case.result.cash_flow, case.formatter
    colour = accent(case.parameters.client.colour)
    names = [to.say("Costs"), to.say("Benefits"), to.say("Net")]
    totals = [flow.costs[years].sum(), flow.benefits[years].sum(), flow.net[years].sum()]
    colours = [PALE, colour, INK if totals[2] >= 0 else LOSS]
    axes.barh(names, totals, color=colours, height=0.55)
    axes.invert_yaxis()
    reach = max(max(totals), 0) - min(min(totals), 0) or 1
    for index, total in enumerate(totals):
        edge = max(total, 0) + reach * 0.015
        axes.text(edge, index, to.money_short(total), va="center", fontweight="bold")
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.set_xlim(min(min(totals), 0) * 1.05, max(max(totals), 0) + reach * 0.22)
    axes.xaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="y", labelcolor=INK, labelsize=10)


def _course(axes: Any, case: Study, years: Any, labels: list[str]) -> None:
    """The running total over the years: inside its band where there are ranges, otherwise over bars."""
    flow, to = case.result.cash_flow, case.formatter
    colour = accent(case.parameters.client.colour)
    total = flow.cumulative[years]
    simulation = case.analysis.simulation
    if simulation is None:
        ends = _bars(axes, case, years)
    else:
        low_band, _, high_band = simulation.cumulative[:, years]
        axes.fill_between(years, low_band, high_band, color=colour, alpha=0.13, linewidth=0)
        ends = [*low_band, *high_band]
        # Above the figure of the plan case, or below it where there is no room above.
        above = high_band[-1] - total[-1] > 0.3 * (max(*ends, 0) - min(*ends, 0))
        place, edge = (high_band[-1], "top") if above else (low_band[-1], "bottom")
        band = to.say("nine of ten outcomes\nend in this band")
        axes.text(years[-1] + 0.08, place, band, color=MUTED, fontsize=8.5, va=edge)
    axes.plot(years, total, color=colour, linewidth=2.2, marker="o", markersize=5)
    axes.plot([years[0] - 0.2, years[-1]], [0, 0], color=MUTED, linewidth=0.8, zorder=1)
    axes.text(years[0] - 0.24, 0, "0", color=MUTED, fontsize=8.5, ha="right", va="center")
    low, high = min(*total, *ends, 0), max(*total, *ends, 0)
    reach = high - low or 1
    words = to.say("in the plan case") if simulation else to.say("in total")
    last = f"{to.money_short(total[-1])}\n{words}"
    axes.text(years[-1] + 0.08, total[-1], last, color=colour, fontweight="bold", va="center")
    payback = case.result.payback_months
    if isinstance(payback, Figure):
        axes.annotate(
            to.say("pays back in {time}", time=payback),
            (float(payback) / 12, 0),
            xytext=(float(payback) / 12 - 0.1, reach * 0.24),
            ha="right",
            color=INK,
            arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.8},
        )
    axes.set_ylim(low - reach * 0.12, high + reach * 0.12)
    axes.set_xlim(years[0] - 0.35, years[-1] + 0.12 + 0.26 * (len(years) - 1))
    step = max(1, len(years) // 8)
    axes.set_xticks(years[::step], labels[::step])
    axes.yaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)


def _bars(axes: Any, case: Study, years: Any) -> list[float]:
    """The net money of each year, its figure above the axis, where the running total crosses it least."""
    net = case.result.cash_flow.net[years]
    axes.bar(years, net, width=0.5, color=[PALE if value >= 0 else "#e5c3bf" for value in net])
    if len(years) <= 8:
        for year, value in zip(years, net, strict=True):
            text = case.formatter.money_short(value)
            axes.annotate(
                text,
                (year, 0),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=MUTED,
            )
    return list(net)


def _caption(case: Study, short: bool) -> str:
    """The finding that the chart shows."""
    flow, to = case.result.cash_flow, case.formatter
    if short:
        costs, benefits = to.money_short(flow.costs.sum()), to.money_short(flow.benefits.sum())
        return to.say("Benefits of {benefits} stand against costs of {costs}", benefits=benefits, costs=costs)
    last, end = flow.cumulative[-1], to.money_short(flow.cumulative[-1])
    payback = case.result.payback_months
    if isinstance(payback, Figure):
        positive = "The running total of the net benefit turns positive after {time} and reaches {money}"
        return to.say(positive, time=payback, money=end)
    if last >= 0:
        return to.say("The running total of the net benefit is never negative and reaches {money}", money=end)
    return to.say_count(
        "The running total of the net benefit stays below zero: {money} after {count} year",
        "The running total of the net benefit stays below zero: {money} after {count} years",
        case.years,
        money=end,
    )


def _alt(case: Study, labels: list[str], years: Any) -> str:
    flow, to = case.result.cash_flow, case.formatter
    caption = _caption(case, len(years) < 3)
    if len(years) < 3:
        net = to.money_short(flow.net[years].sum())
        return to.say("{finding}: a net benefit of {money}.", finding=caption, money=net)
    if case.analysis.simulation is not None:
        low, _, high = map(to.money_about, case.analysis.simulation.cumulative[:, -1])
        caption += f" ({to.say('{low} to {high} in nine of ten outcomes', low=low, high=high)})"
    by_year = ", ".join(
        f"{label} {to.money_short(value)}" for label, value in zip(labels, flow.net[years], strict=True)
    )
    return f"{caption}. {to.say('Net by year: {amounts}.', amounts=by_year)}"
