"""Page 1: the figures that a decision rests on, side by side with the cautious ones, and what limits them."""

from __future__ import annotations

from casebook.formatting import Formatter
from casebook.formatting.sentences import short_reason
from casebook.presentation.figure import Absent, Figure
from casebook.presentation.result import FIGURES, Result
from casebook.schema.headlines import Headline
from casebook.study.study import Study
from casebook.views import follow_up
from casebook.views.components import Callout, Component, Table, Tile, Tiles, callout, group, left, right, row
from casebook.views.review import strongest_objection

_MONEY = ("present_value_of_benefits", "present_value_of_costs", "net_present_value")
_COMPARED = (
    *_MONEY,
    "return_on_investment",
    "payback_months",
    "internal_rate_of_return",
)

CASES: dict[Headline, str] = {"expected": "Expected", "plan": "Plan case", "risk-adjusted": "Risk-adjusted"}
"""The measures side by side, and what each is called above its column."""

LEADS: dict[Headline, str] = {
    "expected": FIGURES["expected_net_present_value"],
    "plan": FIGURES["net_present_value"],
    "risk-adjusted": "Net present value, risk-adjusted",
}
"""What the figure that leads is called."""

DEFINITION = "Return on investment = net present value ÷ present value of costs."


def summary(case: Study) -> Component:
    """What the case is worth in a sentence, tiles, the strongest objection, and the measures side by side."""
    objection = strongest_objection(case)
    remarks = [objection] if objection else []
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


def leading_value(case: Study) -> Figure:
    """The net present value that leads the document."""
    assert case.result.risk_adjusted is not None
    result = case.result.risk_adjusted if case.headline == "risk-adjusted" else case.result
    expected = result.expected_net_present_value
    return (
        expected if case.headline == "expected" and isinstance(expected, Figure) else result.net_present_value
    )


def tiles(case: Study) -> Tiles:
    """The four figures that come first, each with its basis."""
    result, to, say = case.result, case.formatter, case.formatter.say
    years = to.years(case.years)
    return Tiles(
        [
            Tile(
                say(LEADS[case.headline]),
                to.money_about(leading_value(case)),
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
    """Each figure as it is expected, at likely values, and with each line's risk taken off."""
    say = case.formatter.say
    cells = {name: cells for name, cells in _cells(case).items() if cells}
    order = sorted(cells, key=lambda name: name != case.headline)  # the measure that leads comes first
    rows = [
        row(
            say(FIGURES[name]),
            *(cells[each].get(name, "–") for each in order),
            style="subtotal" if name == "net_present_value" else "plain",
        )
        for name in _COMPARED
    ]
    columns = [left(say("Figure")), *(right(say(CASES[each])) for each in order)]
    return Table(columns, rows, caption=_verdict(case), note=_basis(case))


def _cells(case: Study) -> dict[Headline, dict[str, str]]:
    """The figures by measure, as they are printed; empty for a measure that the case has not."""
    adjusted = case.result.risk_adjusted
    assert adjusted is not None
    risky = case.ledger.is_risky
    return {
        "expected": _expected(case),
        "plan": {name: _cell(case.result, name, case.formatter) for name in _COMPARED},
        "risk-adjusted": {name: _cell(adjusted, name, case.formatter) for name in _COMPARED} if risky else {},
    }


def _expected(case: Study) -> dict[str, str]:
    simulation, to = case.analysis.simulation, case.formatter
    if simulation is None:
        return {}
    worth, costs = simulation.net_present_value.mean, simulation.present_value_of_costs
    money = {
        "present_value_of_benefits": worth + costs,
        "present_value_of_costs": costs,
        "net_present_value": worth,
    }
    cells = {name: to.money_about(value) for name, value in money.items()}
    return {**cells, "return_on_investment": to.share(round(worth / costs, 2))} if costs else cells


def _basis(case: Study) -> str:
    """How the figures are meant, what has to be known beside one, and why one does not exist."""
    say = case.formatter.say
    sentences = [
        say(DEFINITION),
        say(
            "The start is not discounted; each year is, at its end, at {rate}. Nominal amounts, before tax, "
            "without terminal value.",
            rate=case.discount_rate,
        ),
    ]
    if case.analysis.simulation is not None:
        sentences.append(
            say("Expected: the mean of the simulated outcomes. Plan case: every input at its likely value.")
        )
    sentences.append(
        say("Risk-adjusted: each benefit is lowered, and each cost raised, by the risk of its line.")
        if case.ledger.is_risky
        else say("No line carries a risk adjustment.")
    )
    for name in _COMPARED:
        figure = getattr(case.result, name)
        remark = str(figure) if isinstance(figure, Absent) else figure.note
        if remark:
            sentences.append(f"{say(FIGURES[name])} – {remark}.")
    return " ".join(sentences)


def _verdict(case: Study) -> str:
    """The measures side by side, in a sentence."""
    adjusted, say = case.result.risk_adjusted, case.formatter.say
    assert adjusted is not None
    plan = _gains(case, case.result.net_present_value)
    simulation = case.analysis.simulation
    if simulation is None:
        text = say("At likely values the case {outcome}", outcome=plan)
    else:
        text = say(
            "On average the case {expected}; at likely values it {plan}, which {chance} of outcomes reach",
            expected=_gains(case, simulation.net_present_value.mean),
            plan=plan,
            chance=case.chance(simulation.chance_of(case.result.net_present_value)),
        )
    if not case.ledger.is_risky:
        return text
    return say(
        "{finding}; risk-adjusted it {outcome}",
        finding=text,
        outcome=_gains(case, adjusted.net_present_value),
    )


def _gains(case: Study, worth: float) -> str:
    to = case.formatter
    money = to.money_about(abs(worth))
    return to.say("loses {money}", money=money) if worth < 0 else to.say("gains {money}", money=money)


def _cell(result: Result, name: str, to: Formatter) -> str:
    figure = getattr(result, name)
    if isinstance(figure, Figure) and name in _MONEY:
        return to.money_about(figure)
    return _short(figure)


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
