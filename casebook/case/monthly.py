"""Each line's money by month, and what brings the months of a formula to its year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from casebook.case.ledger import Ledger
from casebook.errors import CaseError
from casebook.formula.expression import Operation, walk
from casebook.formula.months import MONTHS, averages
from casebook.formula.operations import Array

Flows = dict[str, Array]
"""Money by the name of the line, positive, shape (..., 1 + 12 × years): the start, then each month."""

FARTHEST = 2
"""By more than this factor, up or down, no month is scaled to its year."""

Values = Mapping[str, Array]
"""Inputs by name, shape (..., 1), (..., years) or (..., 12 × years); leading axes are draws."""


def by_year(flow: Array) -> Array:
    """Money by month as money by year, (..., 1 + years): the start, then each year.

    >>> by_year(np.array([5.0] + 24 * [1.0])).tolist()
    [5.0, 12.0, 12.0]
    """
    return np.concatenate([flow[..., :1], averages(flow[..., 1:]) * MONTHS], axis=-1)


def money_by_month(ledger: Ledger, values: Values) -> Flows:
    """Each counted line's money by its formulas. Raises CaseError where a figure is not finite."""
    months = MONTHS * ledger.years
    flows: Flows = {line.name: np.zeros(1 + months) for line in ledger.counted}
    for line, at_start, amount in ledger.amounts(values, by_month=True):
        lead = np.broadcast_shapes(flows[line.name].shape[:-1], amount.shape[:-1])
        flow = np.broadcast_to(flows[line.name], (*lead, 1 + months)).copy()
        if at_start:
            flow[..., :1] = amount[..., :1]
        else:
            flow[..., 1:] = amount / MONTHS
        flows[line.name] = flow
    if not all(np.isfinite(flow).all() for flow in flows.values()):
        raise CaseError(
            "the follow-up has no finite value\n"
            "  hint: look for a division by an input that was measured as zero"
        )
    return flows


@dataclass(frozen=True)
class Fit:
    """What brings the twelve months of a formula to the year's plan, by line.

    They come to it by themselves where a formula is linear in the stocks that fill through the year. A cap or
    a power of one is not in the middle of twelve months, on average, what it is at the year's average.
    """

    factors: dict[str, Array]
    """Shape (..., 12 × years), as `additions`."""
    additions: dict[str, Array]
    """What makes the plan a twelfth of the year in each month, where no factor near 1 would do."""

    def applied(self, flows: Flows) -> Flows:
        """The money of lines by their formulas, brought to the year's plan."""
        fitted = dict(flows)
        for name, factor in self.factors.items():
            money = flows[name][..., 1:] * factor + self.additions[name]
            start = np.broadcast_to(flows[name][..., :1], (*money.shape[:-1], 1))
            fitted[name] = np.concatenate([start, money], axis=-1)
        return fitted


def fit(ledger: Ledger, flows: Flows, values: Values) -> Fit:
    """What brings money by month to what the ledger has by year, both at the same planned values."""
    filling = {
        line.name
        for line in ledger.counted
        if line.counted is not None and any(_fills(node) for node in walk(line.counted))
    }
    factors, additions = {}, {}
    for line, at_start, amount in ledger.amounts(values) if filling else ():
        if line.name in filling and not at_start:
            found = averages(flows[line.name][..., 1:]) * MONTHS
            wanted = np.broadcast_to(amount, found.shape)
            factor = np.divide(wanted, found, out=np.zeros(found.shape), where=found != 0)
            # About a threshold, months may come to many times their year, or to something where it is 0.
            fits = (factor >= 1 / FARTHEST) & (factor <= FARTHEST)
            even = np.repeat(np.where(fits, 0, wanted) / MONTHS, MONTHS, axis=-1)
            factors[line.name] = np.repeat(np.where(fits, factor, 1), MONTHS, axis=-1)
            own = np.where(np.repeat(fits, MONTHS, axis=-1), 0, flows[line.name][..., 1:])
            additions[line.name] = even - own
    return Fit(factors, additions)


def _fills(node: object) -> bool:
    """Whether an amount differs from month to month; all others are flat within a year."""
    return isinstance(node, Operation) and node.name == "cumulative_average"
