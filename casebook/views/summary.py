"""Page 1: the figures that a decision rests on, side by side with the cautious ones, and what limits them."""

from __future__ import annotations

from typing import Any

from casebook.model.figure import Absent, Figure
from casebook.model.result import FIGURES, Result
from casebook.model.study import Study
from casebook.views.objections import strongest_objection
from casebook.views.view import callout, group, left, right, row, table

_COMPARED = ("net_present_value", "return_on_investment", "payback_months", "internal_rate_of_return")

DEFINITION = "Return on investment = net present value ÷ present value of costs."


def summary(case: Study) -> dict[str, Any]:
    """Tiles, the strongest objection, and the case beside its risk-adjusted self."""
    remarks = []
    objection = strongest_objection(case)
    if objection:
        if case.result.net_present_value < 0:
            objection["text"] = f"At the likely values this case loses money. {objection['text']}"
        remarks.append(objection)
    remarks += _at_revenue(case, objection)
    note = case.parameters.story.get("note")
    if note:
        remarks.append(callout("About these figures", note))
    return group([tiles(case), *remarks, comparison(case)])


def _at_revenue(case: Study, shown: dict[str, Any] | None) -> list[dict[str, Any]]:
    """That gains are at revenue stands on page 1 in any case, answered or outweighed."""
    findings = [finding for finding in case.findings if finding.rule == "gains-at-revenue"]
    if shown is not None:
        findings = [finding for finding in findings if finding.text not in shown["text"]]
    if not findings:
        return []
    text = " ".join(finding.text for finding in findings)
    answer = findings[0].answer
    return [
        callout("Gains at revenue", text if answer is None else f"{text} Answer: {answer}", tone="warning")
    ]


def tiles(case: Study) -> dict[str, Any]:
    """The four figures that come first, each with its basis."""
    result, to = case.result, case.formatter
    years = f"{case.years} {'year' if case.years == 1 else 'years'}"
    items = [
        (
            "Net present value",
            to.money_short(result.net_present_value),
            _range(case) or f"over {years}, discounted at {case.discount_rate}",
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
        _last_tile(case, years),
    ]
    return {
        "view": "tiles",
        "items": [{"label": label, "value": value, "basis": basis} for label, value, basis in items],
    }


def _range(case: Study) -> str | None:
    simulation = case.analysis.simulation
    if simulation is None:
        return None
    spread, to = simulation.net_present_value, case.formatter
    return f"{to.money_about(spread.p5)} to {to.money_about(spread.p95)} in nine of ten outcomes"


def _last_tile(case: Study, years: str) -> tuple[str, str, str]:
    """The chance of loss; where there are no ranges to tell it from, what is spent."""
    chance, simulation = case.result.probability_of_loss, case.analysis.simulation
    if simulation is None:
        costs = case.formatter.money_short(case.result.present_value_of_costs)
        return "Costs", costs, f"present value, {years}; no ranges are given"
    return "Chance of loss", str(chance), f"{case.formatter.number(simulation.draws)} simulated outcomes"


def comparison(case: Study) -> dict[str, Any]:
    """Each figure of the result, for the likely case and with each line's risk taken off."""
    base, adjusted = case.result, case.result.risk_adjusted
    assert adjusted is not None
    risky = any(line.risk_factor(case.years)[0] != 1 for line in case.ledger.counted)
    order = ("present_value_of_benefits", "present_value_of_costs", *_COMPARED)
    spreads = _spreads(case)
    shown = [base, adjusted] if risky else [base]
    columns = [left("Figure"), right("Likely case")] + ([right("Risk-adjusted")] if risky else [])
    columns += [right("Nine of ten outcomes")] if spreads else []
    rows = [
        row(
            FIGURES[name],
            *(_cell(result, name) for result in shown),
            *([spreads.get(name, "–")] if spreads else []),
            style="subtotal" if name == "net_present_value" else "plain",
        )
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
    if case.analysis.simulation is not None:
        mean = case.formatter.money_about(case.analysis.simulation.net_present_value.mean)
        note += f" Mean net present value of the simulated outcomes: {mean}."
    absent = {name: figure for name, figure in base.figures().items() if name in _COMPARED}
    for name, figure in absent.items():
        if isinstance(figure, Absent):
            joined = " " if str(figure).startswith("does not") else ": "
            note += f" {FIGURES[name]}{joined}{figure}."
    return table(columns, rows, caption=_verdict(case, risky=risky), note=note)


def _verdict(case: Study, *, risky: bool) -> str:
    """Base against risk-adjusted, in a sentence."""
    base, adjusted = case.result, case.result.risk_adjusted
    assert adjusted is not None
    first = f"The likely case {_gains(case, base)}"
    return f"{first}; risk-adjusted it {_gains(case, adjusted)}" if risky else first


def _gains(case: Study, result: Result) -> str:
    worth = float(result.net_present_value)
    return f"{'loses' if worth < 0 else 'gains'} {case.formatter.money_short(abs(worth))}"


def _spreads(case: Study) -> dict[str, str]:
    """The 5th to the 95th percentile of the figures that are simulated; empty without ranges."""
    simulation, to = case.analysis.simulation, case.formatter
    if simulation is None:
        return {}
    worth, rate = simulation.net_present_value, simulation.return_on_investment
    found = {"net_present_value": f"{to.money_about(worth.p5)} to {to.money_about(worth.p95)}"}
    if rate is not None:
        found["return_on_investment"] = f"{_whole(case, rate.p5)} to {_whole(case, rate.p95)}"
    return found


def _whole(case: Study, share: float) -> str:
    return case.formatter.share(round(share, 2))


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
