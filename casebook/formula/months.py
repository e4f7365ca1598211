"""Amounts and formulas by month, whose twelve months are a year: index 0 is the first month of year 1.

Inputs and lists by year are flat within a year: a rate stays a yearly one, a level is the same in each month.
What looks back along the years takes the averages of the years before, and in the year itself

- a running total whose inflow arrives through the year stands in the middle of month m at
  keep × endₜ₋₁ + what arrived before the month ÷ 12 + half of what arrives in it: with a flat inflow that is
  keep × endₜ₋₁ + inflow × (m − ½) ÷ 12;
- one whose inflow arrives at the start of the year, `compound` and `previous` are flat as their operands are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from casebook.formula.operations import OPERATIONS, RUNNING_TOTALS, Array

MONTHS = 12
"""Of a year."""


def spread(amount: Array, years: int) -> Array:
    """An amount by year (..., years) for each month (..., 12 × years); what is by month already stays.

    One number for all years (..., 1) stays one.

    >>> spread(np.array([1.0, 2.0]), 2).tolist() == 12 * [1.0] + 12 * [2.0]
    True
    """
    return np.repeat(amount, MONTHS, axis=-1) if years > 1 and amount.shape[-1] == years else amount


def averages(by_month: Array) -> Array:
    """The average of each year, (..., years), of an amount by month (..., 12 × years)."""
    return np.asarray(_years(by_month).mean(axis=-1))


def along_months(name: str, operands: Sequence[Array]) -> Array:
    """An operation of `ALONG_YEARS` by month, on two operands by month of one shape.

    >>> inflow, keep = np.full(24, 12.0), np.full(24, 0.5)
    >>> stock = along_months("cumulative_average", [inflow, keep])
    >>> stock[[0, 11, 12, 23]].tolist(), averages(stock).tolist()
    ([0.5, 11.5, 6.5, 17.5], [6.0, 12.0])
    """
    first, second = operands
    before = _year_before(name, *map(averages, operands))
    if name in RUNNING_TOTALS:
        arrived = _arrived(first) if name == "cumulative_average" else first
        return second * before + arrived
    later = before * (1 + second) if name == "compound" else before
    opening = first if name == "compound" else second
    return np.concatenate([opening[..., :MONTHS], later[..., MONTHS:]], axis=-1)


def _year_before(name: str, first: Array, second: Array) -> Array:
    """What each month finds of the year before, by month: 0 in year 1."""
    if name == "previous":
        ends = first
    else:
        ends = OPERATIONS["cumulative" if name in RUNNING_TOTALS else name].compute(first, second)
    before = np.concatenate([np.zeros_like(ends[..., :1]), ends[..., :-1]], axis=-1)
    return np.repeat(before, MONTHS, axis=-1)


def _arrived(inflow: Array) -> Array:
    """What has arrived of a year's inflow by the middle of each of its months."""
    years = _years(inflow) / MONTHS
    return np.asarray((np.cumsum(years, axis=-1) - years / 2).reshape(inflow.shape))


def _years(by_month: Array) -> Array:
    """The months of each year on an axis of their own: (..., years, 12)."""
    return by_month.reshape(*by_month.shape[:-1], -1, MONTHS)
