"""What a case returns: the money of its lines by year, and the figures by which it is judged, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from casebook.case.finance import (
    InternalRate,
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
from casebook.formula.operations import Array


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
class Returns:
    """The figures of one cash flow; present values and ratios are positive where the case gains."""

    cash_flow: CashFlow = field(repr=False)
    discount_rate: float
    risk_adjusted: Returns | None = field(default=None, repr=False)
    """The same with each benefit lowered and each cost raised by its line's risk, in every year."""

    @cached_property
    def present_value_of_benefits(self) -> float:
        """The benefits, discounted to the start."""
        return float(present_value(self.cash_flow.benefits, self.discount_rate))

    @cached_property
    def present_value_of_costs(self) -> float:
        """The costs, discounted to the start."""
        return float(present_value(self.cash_flow.costs, self.discount_rate))

    @property
    def net_present_value(self) -> float:
        """PV of benefits less PV of costs. Raises CaseError where they are too large."""
        value = self.present_value_of_benefits - self.present_value_of_costs
        if not np.isfinite(value):
            raise CaseError("the present values are too large to compute with")
        return value

    @property
    def return_on_investment(self) -> float | None:
        """Net present value over PV of costs, as a fraction; None without costs."""
        return return_on_investment(self.present_value_of_benefits, self.present_value_of_costs)

    @property
    def benefit_cost_ratio(self) -> float | None:
        """PV of benefits over PV of costs; None without costs."""
        return benefit_cost_ratio(self.present_value_of_benefits, self.present_value_of_costs)

    @property
    def payback(self) -> Payback:
        """When the undiscounted total is above zero for good."""
        return payback_months(self.cash_flow.net)

    @property
    def discounted_payback(self) -> Payback:
        """When the discounted total is above zero for good."""
        return discounted_payback_months(self.cash_flow.net, self.discount_rate)

    @property
    def internal_rate_of_return(self) -> InternalRate:
        """The rate below which the case pays and above which it does not, where one alone can be meant."""
        return internal_rate_of_return(self.cash_flow.net)


def returns_of(ledger: Ledger, *, discount_rate: float, values: Mapping[str, Array] | None = None) -> Returns:
    """What the lines of a ledger return, risk-adjusted returns inside; `values` replaces inputs by name."""
    adjusted = CashFlow(*ledger.totals(values, risk_adjusted=True))
    likely = CashFlow(*ledger.totals(values))
    return Returns(likely, discount_rate, risk_adjusted=Returns(adjusted, discount_rate))
