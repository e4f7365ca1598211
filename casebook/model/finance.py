"""What money over time is worth: pure functions on NumPy arrays of cash flows.

`flows` has the shape (..., years + 1). Index 0 is the start, which is not discounted; index t is the end
of year t. Money that comes in is positive, money that goes out negative. Where benefits and costs are
given apart, both are positive. Amounts are nominal, in one currency; rates are a year's, 0.1 for 10 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.model.roots import positive_roots

Array = NDArray[np.float64]

ROUNDINGS = 16 * float(np.finfo(np.float64).eps)
"""A running total within this share of the amounts in it is zero: 0.1 + 0.2 − 0.3 has paid back."""

_LOWEST_RATE = math.nextafter(-1, 0)


@dataclass(frozen=True)
class Payback:
    """When the money that was put in has come back."""

    state: Literal["reached", "not reached", "no money at risk"]
    """`not reached` within the years; `no money at risk` where the balance is never below zero."""

    months: float | None = None
    """Months from the start, only with `reached`; always above zero."""


def present_value(flows: ArrayLike, discount_rate: ArrayLike) -> Array:
    """Give the value at the start: Σ flows[t] ÷ (1 + discount_rate)^t, along the last axis.

    Takes flows of any sign with the shape (..., years + 1) and returns the shape (...). A rate for each
    case may be an array of that shape. The sum runs year by year, so that a case comes out the same to
    the last bit alone and among ten thousand draws. Raises ValueError for a rate of −1 or below.

    Source: Brealey, Myers and Allen, *Principles of Corporate Finance*, "How to calculate present values".

    >>> float(present_value([-100, 0, 242], 0.10).round(6))
    100.0
    >>> present_value([[0, 110, 0], [50, 0, 0]], 0.10).round(6).tolist()
    [100.0, 50.0]
    """
    by_year = np.moveaxis(_checked(flows), -1, 0)
    growth = 1 + np.asarray(discount_rate, dtype=np.float64)
    if not np.all(growth > 0):
        raise ValueError(f"discount_rate is {discount_rate!r}; a rate above -1 is needed")
    value: Array = np.zeros(np.broadcast_shapes(by_year.shape[1:], growth.shape))
    for flow in by_year[::-1]:
        value = value / growth + flow
    return value


def net_present_value(benefits: ArrayLike, costs: ArrayLike, discount_rate: ArrayLike) -> Array:
    """Give the present value of benefits minus that of costs, both positive and (..., years + 1).

    >>> float(net_present_value([0, 55, 60.5], [80, 0, 0], 0.10).round(6))
    20.0
    """
    return present_value(benefits, discount_rate) - present_value(costs, discount_rate)


def net_flows(benefits: ArrayLike, costs: ArrayLike) -> Array:
    """Give benefits − costs, both positive and of any shape; a difference that rounding alone leaves is zero.

    A spreadsheet takes the same for zero: what is 2⁻⁴⁸ or less of the larger amount.

    >>> net_flows([0.1 + 0.2, 5], [0.3, 4]).tolist(), 0.1 + 0.2 - 0.3
    ([0.0, 1.0], 5.551115123125783e-17)
    """
    inward, outward = _checked(benefits), _checked(costs)
    net = inward - outward
    return np.where(np.abs(net) <= ROUNDINGS * np.maximum(np.abs(inward), np.abs(outward)), 0.0, net)


def return_on_investment(pv_benefits: float, pv_costs: float) -> float | None:
    """Give (benefits − costs) ÷ costs, both positive present values: 0.5 is 50 %.

    None where there are no costs: the ratio is not defined, and neither 0 nor infinity would be true.

    Source: Forrester, *Total Economic Impact* methodology, "Return on investment".

    >>> return_on_investment(150, 100), return_on_investment(150, 0)
    (0.5, None)
    """
    return (pv_benefits - pv_costs) / pv_costs if pv_costs > 0 else None


def benefit_cost_ratio(pv_benefits: float, pv_costs: float) -> float | None:
    """Give benefits ÷ costs, both positive present values; None where there are no costs.

    >>> benefit_cost_ratio(150, 100), benefit_cost_ratio(0, 0)
    (1.5, None)
    """
    return pv_benefits / pv_costs if pv_costs > 0 else None


def internal_rates_of_return(flows: ArrayLike) -> tuple[float, ...]:
    """Give every rate above −1 at which the present value of one case's flows (years + 1) is zero.

    Sorted, each once (a rate that the present value only touches too), to the precision of a float.
    Empty where there is none, as for flows of one sign or all zero. Flows may have several rates, and
    then none of them is "the" return: that is for the caller to say.

    With v = 1 ÷ (1 + rate) the rates are the positive roots of the polynomial Σ flows[t] · v^t, which are
    found completely (`roots.py`). Source: Brealey, Myers and Allen, "Pitfall 2: multiple rates of return".

    >>> internal_rates_of_return([-100, 230, -132])
    (0.1, 0.2)
    >>> internal_rates_of_return([-100, 150]), internal_rates_of_return([100, 50])
    ((0.5,), ())
    """
    roots = positive_roots(_one_case(flows).tolist())
    # A rate a hair above −1 would round to −1, at which nothing has a present value.
    return tuple(max(float((1 - root) / root), _LOWEST_RATE) for root in reversed(roots))


def payback_months(flows: ArrayLike) -> Payback:
    """Give the months from the start until one case's flows (years + 1), undiscounted, have come back.

    The balance moves evenly within a year. Where it crosses zero upwards more than once, the last time
    counts; a case that ends below zero has not reached it, whatever happened in between.

    >>> payback_months([-100, 50, 100])
    Payback(state='reached', months=18.0)
    >>> payback_months([-100, 50]).state, payback_months([0, 50]).state
    ('not reached', 'no money at risk')
    """
    each = _one_case(flows)
    balance = np.cumsum(each)
    balance[np.abs(balance) <= ROUNDINGS * np.cumsum(np.abs(each))] = 0
    below = np.flatnonzero(balance < 0)
    if below.size == 0:
        return Payback("no money at risk")
    last = int(below[-1])
    if last == each.size - 1:
        return Payback("not reached")
    part_of_year = min(1.0, float(-balance[last] / each[last + 1]))
    return Payback("reached", 12 * (last + part_of_year))


def discounted_payback_months(flows: ArrayLike, discount_rate: float) -> Payback:
    """Give the payback of flows that are first discounted: flows[t] ÷ (1 + discount_rate)^t at year ends.

    Raises ValueError for a rate of −1 or below.

    >>> discounted_payback_months([-100, 55, 121], 0.10)
    Payback(state='reached', months=18.0)
    """
    if not discount_rate > -1:
        raise ValueError(f"discount_rate is {discount_rate}; a rate above -1 is needed")
    each = _one_case(flows)
    return payback_months(each / (1 + discount_rate) ** np.arange(each.size))


def _checked(flows: ArrayLike) -> Array:
    array = np.asarray(flows, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError("flows need a last axis of years + 1 amounts")
    if not np.isfinite(array).all():
        raise ValueError("flows must be finite numbers")
    return array


def _one_case(flows: ArrayLike) -> Array:
    array = _checked(flows)
    if array.ndim != 1:
        raise ValueError(f"flows of one case are needed, not of shape {array.shape}")
    return array
