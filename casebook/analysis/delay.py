"""A cash flow that begins some months later, while the horizon ends when it would have ended anyway.

The money of the start moves to the end of the delay and is discounted for just that long. The money of a
year is spread evenly over its twelve months, all of them move, and each calendar year's part is discounted
at that year's end, as money of a year always is. What would fall after the horizon is lost.
"""

from __future__ import annotations

import math

import numpy as np

from casebook.formula.operations import Array


def delayed(flows: Array, months: int) -> Array:
    """Money by calendar year (..., years + 1), the start's at the last year's end that is not after it.

    So a running total is never higher than the true one for want of what was paid within a year.

    >>> delayed(np.array([-120.0, 60.0, 60.0]), 6).tolist()
    [-120.0, 30.0, 60.0]
    """
    years = flows.shape[-1] - 1
    moved = np.zeros((years + 1, years + 1))
    if months < 12 * years:
        moved[0, months // 12] = 1.0
    whole, part = divmod(months, 12)
    for year in range(1, years + 1):
        for at, share in ((year + whole, 1 - part / 12), (year + whole + 1, part / 12)):
            if at <= years:
                moved[year, at] = share
    return np.asarray(flows @ moved)


def present_weights(years: int, months: int, rate: float) -> Array:
    """What one unit of each period's money (years + 1) is worth at the start when it is so many months late.

    >>> present_weights(2, 6, 0.21).round(6).tolist()  # 1 ÷ 1.1, ½ ÷ 1.21 + ½ ÷ 1.4641, ½ ÷ 1.4641
    [0.909091, 0.75473, 0.341507]
    """
    growth = 1 + rate
    at_year_end = growth ** -np.arange(years + 1.0)
    weights = delayed(np.eye(years + 1), months) @ at_year_end
    if months < 12 * years:
        weights[0] = growth ** -(months / 12)
    return np.asarray(weights)


def spent_before(costs: Array, delay: int, month: int) -> float:
    """The part of costs (years + 1), so many months late, that falls before a month, counted from 0.

    A year's costs are spread evenly over its months. What the start costs is paid when it begins.

    >>> spent_before(np.array([100.0, 120.0, 240.0]), 0, 18), spent_before(np.array([100.0, 120.0]), 6, 9)
    (340.0, 130.0)
    """
    start, *annual = costs.tolist()
    begins = [12 * year + delay for year in range(len(annual))]
    shares = [min(max(month - first, 0), 12) / 12 for first in begins]
    return (start if delay <= month and delay < 12 * len(annual) else 0.0) + math.fsum(
        cost * share for cost, share in zip(annual, shares, strict=True)
    )
