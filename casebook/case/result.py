"""The figures that a case is judged by, for the lines as they stand and with risk taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from casebook.case.finance import (
    Payback,
    benefit_cost_ratio,
    discounted_payback_months,
    internal_rate_of_return,
    net_flows,
    payback_months,
    present_value,
    return_on_investment,
)
from casebook.case.ledger import Ledger
from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.formula.figure import Absent, Figure
from casebook.formula.operations import Array

FIGURES = {
    "net_present_value": "Net present value",
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
class CashFlow:
    """Money by year, shape (years + 1): index 0 is the start, then each year's end."""

    benefits: Array
    costs: Array

    @property
    def net(self) -> Array:
        """Benefits less costs: the only series that carries sign. What rounding alone leaves is zero."""
        return net_flows(self.benefits, self.costs)

    @property
    def cumulative(self) -> Array:
        """The running total of `net`, undiscounted."""
        return np.cumsum(self.net)


@dataclass(frozen=True)
class Result:
    """The figures of one case. A figure that does not exist is `Absent`, with the reason in words."""

    net_present_value: Figure
    """PV of benefits less PV of costs."""
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


def result_of(
    ledger: Ledger, *, rate: float, formatter: Formatter, values: Mapping[str, Array] | None = None
) -> Result:
    """The result of a ledger, with the risk-adjusted one inside it; `values` replaces inputs (a scenario)."""
    adjusted, base = (
        CashFlow(*ledger.totals(values, risk_adjusted=risk_adjusted)) for risk_adjusted in (True, False)
    )
    inner = _result(adjusted, rate, formatter, inner=None)
    return _result(base, rate, formatter, inner=inner)


def _result(flow: CashFlow, rate: float, formatter: Formatter, *, inner: Result | None) -> Result:
    years = len(flow.benefits) - 1
    benefits, costs = (float(present_value(side, rate)) for side in (flow.benefits, flow.costs))
    if not np.isfinite(benefits - costs):
        raise CaseError("the present values are too large to compute with")
    roi = return_on_investment(benefits, costs)
    ratio = benefit_cost_ratio(benefits, costs)

    def money(amount: float) -> Figure:
        return Figure(amount, formatter.money(amount), formatter.money_short(amount))

    no_costs = Absent(formatter.say("undefined: the case has no costs"))
    return Result(
        net_present_value=money(benefits - costs),
        return_on_investment=no_costs if roi is None else Figure(roi, formatter.share(roi)),
        payback_months=_payback(payback_months(flow.net), years, formatter),
        internal_rate_of_return=internal_rate(flow.net, formatter),
        present_value_of_benefits=money(benefits),
        present_value_of_costs=money(costs),
        benefit_cost_ratio=no_costs if ratio is None else Figure(ratio, formatter.number(ratio)),
        discounted_payback_months=_payback(discounted_payback_months(flow.net, rate), years, formatter),
        probability_of_loss=Absent(
            formatter.say("not computed: the inputs are single points, without ranges")
        ),
        cash_flow=flow,
        risk_adjusted=inner,
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


def internal_rate(net: Array, formatter: Formatter) -> Figure | Absent:
    """The internal rate of return of a net cash flow, or what stands in its place and why."""
    found, say = internal_rate_of_return(net), formatter.say
    if found.rate is None:
        return Absent(say(NOT_UNIQUE, count=found.changes) if found.changes else say(NO_RATE))
    shown = formatter.share(found.rate)
    if found.is_borrowing:
        return Absent(say(BORROWING, rate=shown))
    note = say(ONLY_ABOVE_ZERO, count=found.changes) if found.state == "one rate above zero" else ""
    return Figure(found.rate, shown, note=note)
