"""Money by year as a table: of a case, and of what the page's panel computes anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from casebook.case.finance import present_value
from casebook.case.line import KINDS
from casebook.case.returns import CashFlow
from casebook.formatting import Formatter
from casebook.formatting.sentences import upper_first
from casebook.formula.operations import Array
from casebook.presentation.result import FIGURES
from casebook.study.study import Study
from casebook.views.components import Component, RowStyle, Table, group, left, right, row

YEARS_A_TABLE = 6
"""A page has room for so many years side by side; longer cases go on in a further table."""

SIDES = {"benefit": "Benefits", "cost": "Costs"}


_PLACES = {kind: place for place, kind in enumerate(KINDS)}
"""Where a kind stands among the benefits; categories of cost stand where their first line does."""


@dataclass(frozen=True)
class LineFlow:
    """The money of a line by year, the start first."""

    side: str
    id: str
    name: str
    group: str
    """Kind of a benefit, category of a cost: what lines are added up by."""
    money: Array


@dataclass(frozen=True)
class FlowRow:
    """A row above the net: a line, or the sum of several."""

    label: str
    style: RowStyle
    lines: tuple[LineFlow, ...]

    @property
    def id(self) -> str:
        """Of the line, where it is one."""
        return self.lines[0].id if self.style == "plain" else ""


def flow_rows(lines: Sequence[LineFlow], say: Callable[[str], str]) -> list[FlowRow]:
    """The lines of each side by kind or category, with their sums.

    Each kind of benefit has its sum, where there is more than one kind; a category of costs where several
    lines have it.
    """
    rows = []
    for side, title in SIDES.items():
        mine = [line for line in lines if line.side == side]
        groups: dict[str, list[LineFlow]] = {}
        for line in mine:
            groups.setdefault(line.group, []).append(line)
        for name, members in sorted(groups.items(), key=lambda each: _PLACES.get(each[0], 0)):
            rows += [FlowRow(line.name, "plain", (line,)) for line in members]
            if len(groups) > 1 and (side == "benefit" or len(members) > 1):
                rows.append(FlowRow(upper_first(say(name)), "sum", tuple(members)))
        rows.append(FlowRow(say(title), "subtotal", tuple(mine)))
    return rows


def cash_flow(case: Study) -> Component:
    """Costs and benefits by year, each line with its present value; long cases in several tables."""
    flow, to = case.result.cash_flow, case.formatter
    assert case.result.risk_adjusted is not None
    lines = [
        LineFlow(line.side, line.id, line.name, line.kind or line.category or "", line.flow(case.years))
        for line in case.ledger.counted
    ]
    adjusted = case.result.risk_adjusted.cash_flow if case.ledger.is_risky else None
    with_start = bool(flow.benefits[0] or flow.costs[0])
    tables = []
    for first in range(1, case.years + 1, YEARS_A_TABLE):
        years = [*([0] if with_start and first == 1 else []), *range(first, first + YEARS_A_TABLE)]
        shown = [year for year in years if year <= case.years]
        last = shown[-1] == case.years
        tables.append(
            by_year(
                to,
                lines,
                flow,
                adjusted,
                shown,
                rate=float(case.discount_rate) if last else None,
                caption=to.say("Costs and benefits by year"),
                note=_note(case) if last else "",
            )
        )
    return group(tables)


def by_year(
    to: Formatter,
    lines: Sequence[LineFlow],
    total: CashFlow,
    adjusted: CashFlow | None,
    shown: Sequence[int],
    *,
    rate: float | None,
    caption: str,
    note: str = "",
) -> Table:
    """Each line in the years that are shown, sums, and the running total; with `rate`, present values.

    `adjusted` is the risk-adjusted total, where a line carries a risk.
    """
    places, say = to.places([*total.benefits, *total.costs]), to.say

    def money(values: Array) -> list[str]:
        cells = [to.amount(values[year], places) if values[year] else "–" for year in shown]
        return cells if rate is None else [*cells, to.amount(float(present_value(values, rate)), places)]

    nothing = np.zeros_like(total.net)
    rows = [
        row(each.id, each.label, *money(sum((line.money for line in each.lines), nothing)), style=each.style)
        for each in flow_rows(lines, say)
    ]
    rows.append(row("", say("Net"), *money(total.net), style="total"))
    if adjusted is not None:
        rows.append(row("", say("Net, risk-adjusted"), *money(adjusted.net), style="detail"))
    running = [to.amount(total.cumulative[year], places) for year in shown]
    blank = [] if rate is None else [""]
    rows.append(row("", say("Cumulative, undiscounted"), *running, *blank, style="detail"))
    heads = [*(year_head(to, year) for year in shown), *([] if rate is None else [say("Present value")])]
    columns = [left("", 0.12), left(to.currency), *map(right, heads)]
    return Table(columns, rows, caption, note, whole=True)


def year_head(to: Formatter, year: int) -> str:
    """The head of a year's column; year 0 is the start."""
    return to.say("Year {year}", year=year) if year else to.say("Start")


def _note(case: Study) -> str:
    """How the amounts are meant, and the figures of lesser weight."""
    first = case.formatter.say(
        "{currency}. Present values at {rate}, year-end; the start is not discounted.",
        currency=case.currency,
        rate=case.discount_rate,
    )
    return f"{first} {_aside(case, 'benefit_cost_ratio')} {_aside(case, 'discounted_payback_months')}"


def _aside(case: Study, name: str) -> str:
    """A figure of lesser weight, with the one for the risk-adjusted case."""
    base, adjusted = case.result, case.result.risk_adjusted
    assert adjusted is not None
    figure, cautious = str(getattr(base, name)), str(getattr(adjusted, name))
    say, words = case.formatter.say, {"figure": case.formatter.say(FIGURES[name]), "value": figure}
    if figure == cautious:
        return say("{figure}: {value}.", **words)
    return say("{figure}: {value} (risk-adjusted {cautious}).", **words, cautious=cautious)
