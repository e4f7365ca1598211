"""The figures that a case is judged by, as its reader meets them: each knows how it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field

from casebook.case.finance import InternalRate, Payback
from casebook.case.returns import CashFlow, Returns
from casebook.formatting import Formatter
from casebook.presentation.figure import Absent, Figure

FIGURES = {
    "net_present_value": "Net present value",
    "expected_net_present_value": "Expected net present value",
    "return_on_investment": "Return on investment",
    "payback_months": "Payback",
    "internal_rate_of_return": "Internal rate of return",
    "present_value_of_benefits": "Benefits, present value",
    "present_value_of_costs": "Costs, present value",
    "benefit_cost_ratio": "Benefits per unit of cost",
    "discounted_payback_months": "Discounted payback",
    "probability_of_loss": "Chance of loss",
}
"""The figures of a result, in the order in which they are read, and what each is called."""

NO_RISK = "no money at risk"
NO_RATE = "does not exist: no rate brings the cash flow to zero"
NOT_UNIQUE = (
    "may not be unique: the cash flow changes sign {count} times, so that several rates, or none, "
    "may bring it to zero"
)
ONLY_ABOVE_ZERO = "the only rate above zero: the cash flow changes sign {count} times, its running total once"
BORROWING = (
    "a borrowing rate of {rate}: money comes in before it goes out, so the case pays only where the discount "
    "rate is higher"
)


@dataclass(frozen=True)
class Result:
    """The figures of one case. A figure that does not exist is `Absent`, with the reason in words."""

    net_present_value: Figure
    """PV of benefits less PV of costs, at likely values."""
    expected_net_present_value: Figure | Absent
    """The mean of the simulated outcomes."""
    return_on_investment: Figure | Absent
    """Net present value over PV of costs, as a fraction (1.0 is 100 %)."""
    payback_months: Figure | Absent
    """Months from the start until the undiscounted total is above zero for good."""
    internal_rate_of_return: Figure | Absent
    """The rate below which the case pays and above which it does not, where one alone can be meant."""
    present_value_of_benefits: Figure
    present_value_of_costs: Figure
    benefit_cost_ratio: Figure | Absent
    discounted_payback_months: Figure | Absent
    probability_of_loss: Figure | Absent
    cash_flow: CashFlow = field(repr=False)
    risk_adjusted: Result | None = field(default=None, repr=False)
    """The same figures with each benefit lowered and each cost raised by its line's risk, in every year."""

    def figures(self) -> dict[str, Figure | Absent]:
        """The figures by name, in the order of `FIGURES`."""
        return {name: getattr(self, name) for name in FIGURES}


def result_of(returns: Returns, to: Formatter) -> Result:
    """What a case returns, in the words of its reader; the risk-adjusted result inside it.

    Expected value and chance of loss are absent: they need a simulation.
    """
    ratio, roi = returns.benefit_cost_ratio, returns.return_on_investment
    adjusted = returns.risk_adjusted

    def money(amount: float) -> Figure:
        return Figure(amount, to.money(amount), to.money_about(amount))

    years = len(returns.cash_flow.net) - 1
    not_simulated = Absent(to.say("not computed: the inputs are single points, without ranges"))
    no_costs = Absent(to.say("undefined: the case has no costs"))
    return Result(
        net_present_value=money(returns.net_present_value),
        expected_net_present_value=not_simulated,
        return_on_investment=no_costs if roi is None else Figure(roi, to.share(roi)),
        payback_months=_payback(returns.payback, years, to),
        internal_rate_of_return=internal_rate(returns.internal_rate_of_return, to),
        present_value_of_benefits=money(returns.present_value_of_benefits),
        present_value_of_costs=money(returns.present_value_of_costs),
        benefit_cost_ratio=no_costs if ratio is None else Figure(ratio, to.number(ratio)),
        discounted_payback_months=_payback(returns.discounted_payback, years, to),
        probability_of_loss=not_simulated,
        cash_flow=returns.cash_flow,
        risk_adjusted=None if adjusted is None else result_of(adjusted, to),
    )


def _payback(payback: Payback, years: int, formatter: Formatter) -> Figure | Absent:
    if payback.months is not None:
        return Figure(payback.months, formatter.months(payback.months))
    if payback.state == "not reached":
        return Absent(not_reached(years, formatter))
    return Absent(formatter.say(NO_RISK))


def not_reached(years: int, formatter: Formatter) -> str:
    """What stands for a payback beyond the horizon."""
    return formatter.say_count("not reached in {count} year", "not reached in {count} years", years)


def internal_rate(computed: InternalRate, formatter: Formatter) -> Figure | Absent:
    """The internal rate of return, or what stands in its place and why."""
    say = formatter.say
    if computed.rate is None:
        return Absent(say(NOT_UNIQUE, count=computed.changes) if computed.changes else say(NO_RATE))
    shown = formatter.share(computed.rate)
    if computed.is_borrowing:
        return Absent(say(BORROWING, rate=shown))
    note = say(ONLY_ABOVE_ZERO, count=computed.changes) if computed.state == "one rate above zero" else ""
    return Figure(computed.rate, shown, note=note)
