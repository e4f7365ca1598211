"""Page 1: the figures that a decision rests on, side by side with the cautious ones, and what limits them."""

from __future__ import annotations

from casebook.formatting import Formatter
from casebook.formatting.sentences import lower_first, short_reason
from casebook.presentation.figure import Absent, Figure
from casebook.presentation.result import FIGURES, Result
from casebook.schema.headlines import Headline
from casebook.study.study import Study
from casebook.views import follow_up
from casebook.views.components import Callout, Component, Table, callout, group, left, right, row
from casebook.views.lead import lead, tiles
from casebook.views.options import decision_remark, options_table, the_whole
from casebook.views.review import strongest_objection
from casebook.views.ways_on import outlook_tiles, ways_table

_MONEY = ("present_value_of_benefits", "present_value_of_costs", "net_present_value")
_COMPARED = (
    *_MONEY,
    "return_on_investment",
    "payback_months",
    "internal_rate_of_return",
)

CASES: dict[Headline, str] = {"expected": "Expected", "plan": "Plan case", "risk-adjusted": "Risk-adjusted"}
"""The measures side by side, and what each is called above its column."""

REACHED = "On average {what} {expected}; at likely values it {plan}, and {chance} of outcomes reach that"
NO_WORSE = "On average {what} {expected}; at likely values it {plan}, and {chance} of outcomes do no worse"
"""What the measures come to, where the plan case gains and where it loses."""

DEFINITION = "Return on investment = net present value ÷ present value of costs."


def summary(case: Study) -> Component:
    """What the case is worth, the ways to go, the strongest objection, and the measures side by side."""
    objection = strongest_objection(case)
    doubts = [objection] if objection else []
    doubts += _at_revenue(case, objection)
    note = case.parameters.story.note
    notes = [callout(case.formatter.say("About these figures"), note)] if note else []
    return group([*_first(case), *doubts, comparison(case), *notes])


def _first(case: Study) -> list[Component]:
    """The figures and ways to go that lead: of the case, or of what is left of one that is under way."""
    tracking = case.under_way
    if tracking is not None:
        return [outlook_tiles(case, tracking), ways_table(case, tracking), *follow_up.remark(case)]
    remark = decision_remark(case)
    against = [remark] if remark else []
    ways = [] if case.options.are_standard else [options_table(case, short=True)]
    return [lead(case), tiles(case), *ways, *against, *follow_up.remark(case)]


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
    what, worth = the_whole(case), case.result.net_present_value
    simulation = case.analysis.simulation
    if simulation is None:
        text = say("At likely values {what} {outcome}", what=what, outcome=plan)
    else:
        text = say(
            NO_WORSE if worth < 0 else REACHED,
            what=what,
            expected=_gains(case, simulation.net_present_value.mean),
            plan=plan,
            chance=case.chance(simulation.chance_of(worth)),
        )
    if case.ledger.is_risky:
        outcome = _gains(case, adjusted.net_present_value)
        text = say("{finding}; risk-adjusted it {outcome}", finding=text, outcome=outcome)
    if case.followed_up is None:
        return text
    return say("As planned: {finding}", finding=lower_first(text, case.formatter.language))


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
