"""Page 1: the figures that a decision rests on, side by side with the cautious ones, and what limits them."""

from __future__ import annotations

from typing import Any

from casebook.model.case import Case
from casebook.model.figure import Absent, Figure
from casebook.model.line import Line
from casebook.model.result import FIGURES, Result
from casebook.views.view import callout, group, left, right, row, table

DEFINITION = "Return on investment = net present value ÷ present value of costs."


def summary(case: Case) -> dict[str, Any]:
    """Tiles, the case beside its risk-adjusted self, and what a reader must know before using them."""
    remarks = [*_at_revenue(case)]
    note = case.parameters.story.get("note")
    if note:
        remarks.append(callout("About these figures", note))
    return group([tiles(case), *remarks, comparison(case)])


def tiles(case: Case) -> dict[str, Any]:
    """The four figures that come first, each with its basis."""
    result, to = case.result, case.formatter
    years = f"{case.years} {'year' if case.years == 1 else 'years'}"
    items = [
        (
            "Net present value",
            to.money_short(result.net_present_value),
            f"over {years}, discounted at {case.discount_rate}",
        ),
        (
            "Return on investment",
            _short(result.return_on_investment),
            "net present value ÷ present value of costs",
        ),
        (
            "Payback",
            _short(result.payback_months),
            "undiscounted, from the start"
            if isinstance(result.payback_months, Figure)
            else _payback_basis(result.payback_months),
        ),
        ("Costs", to.money_short(result.present_value_of_costs), f"present value, {years}"),
    ]
    return {
        "view": "tiles",
        "items": [{"label": label, "value": value, "basis": basis} for label, value, basis in items],
    }


def comparison(case: Case) -> dict[str, Any]:
    """Each figure of the result, for the likely case and with each line's risk taken off."""
    base, adjusted = case.result, case.result.risk_adjusted
    assert adjusted is not None
    risky = any(line.risk_factor(case.years)[0] != 1 for line in case.ledger.counted)
    names = [name for name in FIGURES if name != "probability_of_loss"]
    order = ["present_value_of_benefits", "present_value_of_costs"]
    order += [name for name in names if name not in order]
    columns = [left("Figure"), right("Likely case")] + ([right("Risk-adjusted")] if risky else [])
    rows = [
        row(FIGURES[name], *(_cell(result, name) for result in ([base, adjusted] if risky else [base])))
        for name in order
    ]
    note = (
        f"{DEFINITION} The start is not discounted; each year is, at its end, at {case.discount_rate}. "
        "Nominal amounts, before tax, without terminal value."
    )
    if risky:
        note += " Risk-adjusted: each benefit is lowered, and each cost raised, by the risk of its line."
    else:
        note += " No line carries a risk adjustment."
    absent = {name: figure for name, figure in base.figures().items() if name in names}
    note += "".join(
        f" {FIGURES[name]}: {figure}." for name, figure in absent.items() if isinstance(figure, Absent)
    )
    return table(columns, rows, caption="The case in figures", note=note)


def _cell(result: Result, name: str) -> str:
    figure = getattr(result, name)
    return _short(figure) if isinstance(figure, Absent) else str(figure)


def _short(figure: Figure | Absent) -> str:
    """The figure, or its reason up to the first colon, where a cell has no room for all of it."""
    if isinstance(figure, Absent):
        reason = str(figure).split(":")[0]
        return reason[:1].upper() + reason[1:]
    return str(figure)


def _payback_basis(reason: Absent) -> str:
    if str(reason) == "no money at risk":
        return "benefits cover costs in every year"
    return "undiscounted, within the horizon"


def _at_revenue(case: Case) -> list[dict[str, Any]]:
    """A remark where an input with the role of margin is 100 %: its benefits are revenue."""
    remarks = []
    for node in case.inputs:
        declaration = case.parameters.template.inputs[node.name]
        if declaration.role != "margin" or node.amount is None:
            continue
        amounts = node.amount if isinstance(node.amount, tuple) else (node.amount,)
        lines = [line for line in case.ledger.of("benefit") if node.name in line.inputs]
        if lines and all(amount == 1 for amount in amounts):
            remarks.append(
                callout(
                    "Gains are at revenue, not at margin",
                    f"{node.label} is set to {case.formatter.share(1)}, so {_total(case, lines)} of the "
                    "benefits is revenue, before the cost of what is sold. At the client's own margin the "
                    "gains are lower in proportion.",
                    tone="warning",
                )
            )
    return remarks


def _total(case: Case, lines: list[Line]) -> str:
    return case.formatter.money(sum(float(line.flow(case.years).sum()) for line in lines))
