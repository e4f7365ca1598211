"""Page 1: the figures that a decision rests on, side by side with the cautious ones, and what limits them."""

from __future__ import annotations

from dataclasses import replace

from casebook.formatting.sentences import short_reason
from casebook.presentation.figure import Absent, Figure
from casebook.presentation.result import FIGURES, Result
from casebook.study.study import Study
from casebook.views import follow_up
from casebook.views.components import Callout, Component, Table, Tile, Tiles, callout, group, left, right, row
from casebook.views.review import strongest_objection

_COMPARED = ("net_present_value", "return_on_investment", "payback_months", "internal_rate_of_return")

DEFINITION = "Return on investment = net present value ÷ present value of costs."


def summary(case: Study) -> Component:
    """Tiles, the strongest objection, and the case beside its risk-adjusted self."""
    remarks = []
    objection = strongest_objection(case)
    if objection:
        if case.result.net_present_value < 0:
            loses = case.formatter.say("At the likely values this case loses money.")
            objection = replace(objection, text=f"{loses} {objection.text}")
        remarks.append(objection)
    remarks += _at_revenue(case, objection)
    remarks += follow_up.remark(case)
    note = case.parameters.story.note
    if note:
        remarks.append(callout(case.formatter.say("About these figures"), note))
    return group([tiles(case), *remarks, comparison(case)])


def _at_revenue(case: Study, shown: Callout | None) -> list[Callout]:
    """That gains are at revenue stands on page 1 in any case, answered or outweighed."""
    findings = [finding for finding in case.findings if finding.rule == "gains-at-revenue"]
    if shown is not None:
        findings = [finding for finding in findings if finding.text not in shown.text]
    if not findings:
        return []
    text = " ".join(finding.text for finding in findings)
    answer, say = findings[0].answer, case.formatter.say
    if answer is not None:
        text += " " + say("Answer: {answer}", answer=answer)
    return [callout(say("Gains at revenue"), text, tone="warning")]


def tiles(case: Study) -> Tiles:
    """The four figures that come first, each with its basis."""
    result, to, say = case.result, case.formatter, case.formatter.say
    years = to.years(case.years)
    return Tiles(
        [
            Tile(
                say("Net present value"),
                to.money_short(result.net_present_value),
                _range(case)
                or say("over {years}, discounted at {rate}", years=years, rate=case.discount_rate),
            ),
            Tile(
                say("Return on investment"),
                _short(result.return_on_investment),
                say("net present value ÷ present value of costs"),
            ),
            Tile(say("Payback"), _short(result.payback_months), _payback_basis(case)),
            _last_tile(case, years),
        ]
    )


def _range(case: Study) -> str | None:
    simulation = case.analysis.simulation
    if simulation is None:
        return None
    spread, to = simulation.net_present_value, case.formatter
    low, high = to.money_about(spread.p5), to.money_about(spread.p95)
    return to.say("{low} to {high} in nine of ten outcomes", low=low, high=high)


def _last_tile(case: Study, years: str) -> Tile:
    """The chance of loss; where there are no ranges to tell it from, what is spent."""
    chance, simulation, to = case.result.probability_of_loss, case.analysis.simulation, case.formatter
    if simulation is None:
        basis = to.say("present value, {years}; no ranges are given", years=years)
        return Tile(to.say("Costs"), to.money_short(case.result.present_value_of_costs), basis)
    basis = to.say("{count} simulated outcomes", count=to.number(simulation.draws))
    return Tile(to.say("Chance of loss"), str(chance), basis)


def comparison(case: Study) -> Table:
    """Each figure of the result, for the likely case and with each line's risk taken off."""
    base, adjusted = case.result, case.result.risk_adjusted
    assert adjusted is not None
    risky = case.ledger.is_risky
    order = ("present_value_of_benefits", "present_value_of_costs", *_COMPARED)
    say, spreads = case.formatter.say, _spreads(case)
    shown = [base, adjusted] if risky else [base]
    columns = [left(say("Figure")), right(say("Likely case"))]
    columns += [right(say("Risk-adjusted"))] if risky else []
    columns += [right(say("Nine of ten outcomes"))] if spreads else []
    rows = [
        row(
            say(FIGURES[name]),
            *(_cell(result, name) for result in shown),
            *([spreads.get(name, "–")] if spreads else []),
            style="subtotal" if name == "net_present_value" else "plain",
        )
        for name in order
    ]
    return Table(columns, rows, caption=_verdict(case, risky=risky), note=_basis(case, risky))


def _basis(case: Study, risky: bool) -> str:
    """How the figures are meant, what has to be known beside one, and why one does not exist."""
    to, say = case.formatter, case.formatter.say
    said = [
        say(DEFINITION),
        say(
            "The start is not discounted; each year is, at its end, at {rate}. Nominal amounts, before tax, "
            "without terminal value.",
            rate=case.discount_rate,
        ),
        say("Risk-adjusted: each benefit is lowered, and each cost raised, by the risk of its line.")
        if risky
        else say("No line carries a risk adjustment."),
    ]
    if case.analysis.simulation is not None:
        mean = to.money_about(case.analysis.simulation.net_present_value.mean)
        said.append(say("Mean net present value of the simulated outcomes: {mean}.", mean=mean))
    for name, figure in case.result.figures().items():
        remark = str(figure) if isinstance(figure, Absent) else figure.note
        if name in _COMPARED and remark:
            said.append(f"{say(FIGURES[name])} – {remark}.")
    return " ".join(said)


def _verdict(case: Study, *, risky: bool) -> str:
    """Base against risk-adjusted, in a sentence."""
    base, adjusted, say = case.result, case.result.risk_adjusted, case.formatter.say
    assert adjusted is not None
    first = say("The likely case {outcome}", outcome=_gains(case, base))
    if not risky:
        return first
    return say("{finding}; risk-adjusted it {outcome}", finding=first, outcome=_gains(case, adjusted))


def _gains(case: Study, result: Result) -> str:
    worth, to = float(result.net_present_value), case.formatter
    money = to.money_short(abs(worth))
    return to.say("loses {money}", money=money) if worth < 0 else to.say("gains {money}", money=money)


def _spreads(case: Study) -> dict[str, str]:
    """The 5th to the 95th percentile of the figures that are simulated; empty without ranges."""
    simulation, to = case.analysis.simulation, case.formatter
    if simulation is None:
        return {}
    worth, rate = simulation.net_present_value, simulation.return_on_investment
    ends = {"net_present_value": (to.money_about(worth.p5), to.money_about(worth.p95))}
    if rate is not None:
        ends["return_on_investment"] = (_whole(case, rate.p5), _whole(case, rate.p95))
    return {name: to.say("{low} to {high}", low=low, high=high) for name, (low, high) in ends.items()}


def _whole(case: Study, share: float) -> str:
    return case.formatter.share(round(share, 2))


def _cell(result: Result, name: str) -> str:
    figure = getattr(result, name)
    return _short(figure) if isinstance(figure, Absent) else str(figure)


def _short(figure: Figure | Absent) -> str:
    """The figure, or its reason up to the first colon, where a cell has no room for all of it."""
    if isinstance(figure, Absent):
        return short_reason(figure)
    return str(figure)


def _payback_basis(case: Study) -> str:
    figure, say = case.result.payback_months, case.formatter.say
    if isinstance(figure, Figure):
        return say("undiscounted, from the start")
    if str(figure) == say("no money at risk"):
        return say("benefits cover costs from the start")
    return say("undiscounted, within the horizon")
