"""The risk-adjusted case line by line, so that its net present value can be computed again from the page."""

from __future__ import annotations

import numpy as np

from casebook.case.finance import present_value
from casebook.case.line import Line
from casebook.formula.evaluation import evaluate
from casebook.formula.operations import Array
from casebook.study.study import Study
from casebook.views.cash_flow import SIDES, YEARS_A_TABLE, year_head
from casebook.views.components import Component, Row, RowStyle, Table, gap, group, left, right, row


def risk_adjusted(case: Study) -> Component:
    """Each line with its risk and what is left of it by year; long cases in several tables."""
    say, adjusted = case.formatter.say, case.result.risk_adjusted
    assert adjusted is not None
    if not case.ledger.is_risky:
        return gap(say("No risk adjustment"), say("No counted line carries a risk."), quiet=True)
    flow = adjusted.cash_flow
    with_start = bool(flow.benefits[0] or flow.costs[0])
    tables = []
    for first in range(1, case.years + 1, YEARS_A_TABLE):
        years = [*([0] if with_start and first == 1 else []), *range(first, first + YEARS_A_TABLE)]
        tables.append(_table(case, [year for year in years if year <= case.years]))
    return group(tables)


def _table(case: Study, shown: list[int]) -> Table:
    to, say, adjusted = case.formatter, case.formatter.say, case.result.risk_adjusted
    assert adjusted is not None
    flow, last = adjusted.cash_flow, shown[-1] == case.years
    places = to.places([*flow.benefits, *flow.costs])

    def amounts(money: Array) -> list[str]:
        cells = [to.amount(money[year], places) if money[year] else "–" for year in shown]
        worth = float(present_value(money, case.discount_rate))
        return [*cells, to.amount(worth, places)] if last else cells

    def total(label: str, money: Array, style: RowStyle = "subtotal") -> Row:
        return row("", say(label), "", *amounts(money), style=style)

    rows = []
    for side, money in (("benefit", flow.benefits), ("cost", flow.costs)):
        for line in case.ledger.of(side):
            left_of_it = line.risk_adjusted(line.flow(case.years), case.years)
            rows.append(row(line.id, line.name, _risk(case, line), *amounts(left_of_it)))
        rows.append(total(SIDES[side], money))
    rows.append(total("Net", flow.net, "total"))
    heads = [say("Risk"), *(year_head(to, year) for year in shown), *([say("Present value")] if last else [])]
    return Table(
        [left("", 0.12), left(to.currency), *map(right, heads)],
        rows,
        caption=say("Risk-adjusted costs and benefits by year"),
        note=say(
            "{currency}. Each benefit is lowered, each cost raised by its risk. The present value of the net "
            "is the risk-adjusted net present value.",
            currency=case.currency,
        )
        if last
        else "",
        whole=True,
    )


def _risk(case: Study, line: Line) -> str:
    """The risk as it is taken off a benefit or put on a cost."""
    share = float(np.atleast_1d(evaluate(line.risk, case.years))[0])
    if not share:
        return "–"
    return case.formatter.share(-share if line.side == "benefit" else share)
