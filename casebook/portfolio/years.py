"""The money of all cases of one currency by year: a table, and a chart of the net."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from casebook.formatting import Formatter
from casebook.formula.operations import Array
from casebook.portfolio.entry import Entry
from casebook.portfolio.overlap import benefit_lost
from casebook.views.cash_flow import YEARS_A_TABLE
from casebook.views.colour import accent
from casebook.views.components import Chart, Component, Table, group, left, right, row
from casebook.views.style import INK, LOSS, MUTED, PALE, chart

NOTE = (
    "Undiscounted. Year 1 is each case's own first year, whenever it starts; a case with a shorter horizon "
    "ends earlier, and no year after it is counted."
)


def by_year(entries: Sequence[Entry]) -> tuple[Array, Array, Array, list[int]]:
    """Benefits, what overlaps take of them, costs, from the start on; how many cases reach each year."""
    length = max(entry.years for entry in entries) + 1
    benefits, lost, costs, counts = np.zeros(length), np.zeros(length), np.zeros(length), [0] * length
    for entry, gone in zip(entries, benefit_lost(entries), strict=True):
        lost[1 : entry.years + 1] += gone
        benefits[: len(entry.benefits_by_year)] += entry.benefits_by_year
        costs[: len(entry.costs_by_year)] += entry.costs_by_year
        for year in range(entry.years + 1):
            counts[year] += 1
    return benefits, lost, costs, counts


def year_table(entries: Sequence[Entry], to: Formatter, *, aside: int = 0) -> Component:
    """Benefits, costs, net and running total by year; long horizons in several tables.

    `aside` is the number of alternatives that are not among the cases, for the note.
    """
    of_alternatives = f" Of alternatives one is counted: {aside} stand aside." if aside > 1 else ""
    if aside == 1:
        of_alternatives = " Of alternatives one is counted: one case stands aside."
    benefits, lost, costs, counts = by_year(entries)
    net = benefits - lost - costs
    total = np.cumsum(net)
    places = to.places([*benefits, *costs])
    years = list(range(len(net)))
    tables = []
    for first in range(0, len(years), YEARS_A_TABLE + 1):
        shown = years[first : first + YEARS_A_TABLE + 1]

        def cells(values: Array, shown: list[int] = shown) -> list[str]:
            return [to.amount(values[year], places) for year in shown]

        rows = [
            row("Benefits", *cells(benefits)),
            *([row("Claimed twice", *cells(-lost))] if lost.any() else []),
            row("Costs", *cells(costs)),
            row("Net", *cells(net), style="total"),
            row("Running total", *cells(total), style="detail"),
            row("Cases that reach the year", *(str(counts[year]) for year in shown), style="detail"),
        ]
        heads = [left(to.currency), *(right("Start" if year == 0 else f"Year {year}") for year in shown)]
        last = shown[-1] == years[-1]
        tables.append(
            Table(
                heads,
                rows,
                caption=f"All cases by year ({to.currency})",
                note=f"{NOTE}{of_alternatives}" if last else "",
            )
        )
    return group(tables)


def year_chart(entries: Sequence[Entry], to: Formatter) -> Chart:
    """Bars for the net of each year, and a line for the running total."""
    benefits, lost, costs, _ = by_year(entries)
    net = benefits - lost - costs
    total, years = np.cumsum(net), np.arange(len(net))
    labels = ["Start" if year == 0 else f"Year {year}" for year in years]
    with chart(2.3) as (_, axes, svg):
        axes.bar(years, net, width=0.5, color=[PALE if value >= 0 else "#e5c3bf" for value in net])
        axes.plot(years, total, color=accent(None), linewidth=2.2, marker="o", markersize=5)
        axes.axhline(0, color=MUTED, linewidth=0.8)
        low, high = min(0.0, *net, *total), max(0.0, *net, *total)
        reach = high - low or 1.0
        for year, value in zip(years, net, strict=True) if len(years) <= 8 else ():
            place, side = (value, "bottom") if value >= 0 else (value, "top")
            shade = LOSS if value < 0 else INK
            axes.annotate(
                to.money_short(value),
                (year, place),
                xytext=(0, 2 if value >= 0 else -2),
                textcoords="offset points",
                ha="center",
                va=side,
                fontsize=8,
                color=shade,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8},
            )
        last = f"{to.money_short(total[-1])}\nin total"
        axes.text(years[-1] + 0.32, total[-1], last, color=accent(None), fontweight="bold", va="center")
        axes.set_ylim(low - reach * 0.14, high + reach * 0.14)
        axes.set_xlim(-0.5, years[-1] + 0.4 + 0.24 * len(years))
        step = max(1, len(years) // 8)
        axes.set_xticks(years[::step], labels[::step])
        axes.yaxis.set_visible(False)
        axes.spines[["left", "bottom"]].set_visible(False)
    by = ", ".join(f"{label} {to.money_short(value)}" for label, value in zip(labels, net, strict=True))
    return Chart(
        caption=f"Net money of all cases by year, and its running total ({to.currency})",
        alt=f"Net by year: {by}. The running total ends at {to.money_short(total[-1])}.",
        svg=svg.getvalue(),
        note="Undiscounted.",
    )
