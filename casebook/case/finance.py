"""What money over time is worth: pure functions on NumPy arrays of cash flows.

`flows` has the shape (..., years + 1). Index 0 is the start, which is not discounted; index t is the end
of year t. Money that comes in is positive, money that goes out negative. Where benefits and costs are
given apart, both are positive. Amounts are nominal, in one currency; rates are a year's, 0.1 for 10 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

ROUNDINGS = 16 * float(np.finfo(np.float64).eps)
"""A running total within this share of the amounts in it is zero: 0.1 + 0.2 − 0.3 has paid back."""

LEAST_GROWTH = 2.0**-53
"""The least 1 + rate that is looked at: that of the float next to a rate of −1."""

HALVINGS = range(8, -53, -1)
"""1 + rate is looked for between a least value and 2^512 times that, its logarithm halved at each step."""


@dataclass(frozen=True)
class Payback:
    """When the money that was put in has come back."""

    state: Literal["reached", "not reached", "no money at risk"]
    """`not reached` within the years; `no money at risk` where the balance is never below zero."""

    months: float | None = None
    """Months from the start, only with `reached`; always above zero."""


@dataclass(frozen=True)
class InternalRate:
    """The rate of a year at which the present value is zero, where one rate alone can be meant."""

    state: Literal["does not exist", "one rate", "one rate above zero", "may not be unique"]
    """`one rate above zero`: below zero, and nowhere else, there may be others."""

    changes: int
    """How often the cash flow changes sign."""

    is_borrowing: bool
    """Money comes in first: a rate is what it costs, and no return."""

    rate: float | None = None
    """Only with `one rate` (above −1) and `one rate above zero`."""


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
        raise ValueError(f"discount_rate is {discount_rate!r}; must be a rate above -1")
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


def internal_rate_of_return(flows: ArrayLike) -> InternalRate:
    """Give the internal rate of return of one case's flows (years + 1), where a rule shows that it is one.

    Flows that never change sign have none; that change sign once have exactly one above −1 (Descartes). Flows
    that change sign more often have exactly one above zero where their running total changes sign once and
    does not end at zero (Norstrøm). Otherwise there may be several, or none. Zeros are passed over.

    The flows of a loan, which come in first, have a rate as well: `is_borrowing` tells them apart.

    Source: C. J. Norstrøm, "A sufficient condition for a unique nonnegative internal rate of return",
    *Journal of Financial and Quantitative Analysis* 7 (1972).

    >>> internal_rate_of_return([-100, 150])
    InternalRate(state='one rate', changes=1, is_borrowing=False, rate=0.5)
    >>> internal_rate_of_return([-100, 230, -60]).state, internal_rate_of_return([-100, 230, -132]).state
    ('one rate above zero', 'may not be unique')
    """
    each = _one_case(flows)
    changes, total = sign_changes(each), running_total(each)
    is_borrowing = bool(np.any(each[each != 0][:1] > 0))
    if changes == 0:
        return InternalRate("does not exist", changes, is_borrowing)
    if changes == 1:
        rate = narrowing_growth(each, LEAST_GROWTH)[-1] - 1
        return InternalRate("one rate", changes, is_borrowing, rate)
    if sign_changes(total) == 1 and total[-1] != 0:
        rate = narrowing_growth(each, 1.0)[-1] - 1
        return InternalRate("one rate above zero", changes, is_borrowing, rate)
    return InternalRate("may not be unique", changes, is_borrowing)


def sign_changes(amounts: ArrayLike) -> int:
    """Count how often amounts, shape (n,), change sign; zeros are passed over.

    >>> sign_changes([-100, 0, 150, 20, -30]), sign_changes([0, 5])
    (2, 0)
    """
    signs = np.sign(amounts)
    return int(np.count_nonzero(np.diff(signs[signs != 0])))


def running_total(flows: ArrayLike) -> Array:
    """Give the balance of one case's flows (years + 1), undiscounted; what rounding alone leaves is zero.

    >>> running_total([-0.3, 0.1, 0.2]).tolist()
    [-0.3, -0.19999999999999998, 0.0]
    """
    total = np.cumsum(flows)
    return np.where(np.abs(total) <= ROUNDINGS * np.cumsum(np.abs(flows)), 0.0, total)


def narrowing_growth(flows: ArrayLike, least: float) -> list[float]:
    """Give an upper bound of the only 1 + rate above `least` at which flows (years + 1) are worth nothing.

    The bound after each of `HALVINGS`, from 2^512 × `least` down to the last digit.
    """
    each = _one_case(flows)
    used = each[np.flatnonzero(each)[0] :].tolist()
    path = [least * 2.0**512]
    for power in HALVINGS:
        growth = path[-1] / 2.0**2.0**power
        value = reduce(lambda value, flow: value / growth + flow, reversed(used), 0.0)
        # Above the rate, the first amount outweighs what follows.
        path.append(growth if value * used[0] >= 0 else path[-1])
    return path


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
    balance = running_total(each)
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
        raise ValueError(f"discount_rate is {discount_rate}; must be a rate above -1")
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
        raise ValueError(f"must be the flows of one case, not of shape {array.shape}")
    return array
