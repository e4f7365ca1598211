"""Seeded simulation of a case: how its figures spread when its inputs take other values than the likely ones.

It runs on the lines without risk adjustment: a haircut and a range for the same risk would count it twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from casebook.analysis.sampling import Sample
from casebook.case.finance import ROUNDINGS, present_value
from casebook.case.ledger import Ledger
from casebook.errors import CaseError
from casebook.formula.evaluation import total
from casebook.formula.operations import Array
from casebook.schema.share_totals import ROUNDING

DRAWS = 10_000
SEED = 2016

# Few enough to keep memory small, and many enough that the cost of calling NumPy does not count.
_CHUNK = 10_000
# Percentiles by year are read off so many draws at most, which keeps memory small over long horizons.
_FAN_DRAWS = 100_000
_BINS = 40
_NARROWEST = 1e-9


@dataclass(frozen=True)
class Spread:
    """Where simulated outcomes lie; infinite where an outcome is never reached."""

    mean: float
    p5: float
    p50: float
    p95: float
    standard_error: float
    """Monte Carlo error of the mean: standard deviation over the square root of the draws."""


@dataclass(frozen=True)
class Simulation:
    """The outcomes of many draws of all uncertain inputs at once."""

    draws: int
    seed: int
    probability_of_loss: float
    """Share of draws with a net present value below 0."""
    net_present_value: Spread
    present_value_of_costs: float
    """Its mean."""
    return_on_investment: Spread | None
    """None where a draw has no costs."""
    payback_months: Spread
    """Undiscounted; 0 where no money is at risk, infinite where it is not reached."""
    payback_reached: float
    """Share of draws in which the money comes back, or none is at risk."""
    cumulative: Array
    """Running total of the net cash flow: 5th, 50th, 95th percentile, shape (3, years + 1)."""
    histogram: tuple[int, ...]
    """Draws by net present value, in bins of equal width over all but the outermost 1 in 500."""
    edges: tuple[float, ...]
    """The ends of the bins, one more than there are bins."""
    outcomes: Array
    """The net present value of each draw, shape (draws,)."""
    scaled: Mapping[str, float]
    """By the name of each whole, the share of draws in which its shares were more than it and were scaled."""

    def chance_of(self, value: float) -> float:
        """The share of draws with a net present value of so much, or more."""
        return float((self.outcomes >= value - ROUNDINGS * abs(value)).mean())


def simulate(ledger: Ledger, sample: Sample, rate: float, draws: int = DRAWS) -> Simulation:
    """Draw all inputs `draws` times and compute the figures of each draw.

    Memory grows by three numbers a draw. Raises CaseError where a draw has no finite value.
    """
    net_values, returns, paybacks = (np.empty(draws) for _ in range(3))
    fan: list[Array] = []
    scaled = dict.fromkeys((whole.name for whole in ledger.wholes), 0)
    start, spent = 0, 0.0
    with np.errstate(all="ignore"):  # what is not finite is refused in _worth
        for values in sample.chunks(draws, _CHUNK):
            benefits, costs = ledger.totals(values)
            stop = start + _rows(values)
            net_values[start:stop], costs_worth = _worth(benefits, costs, rate)
            returns[start:stop] = net_values[start:stop] / np.where(costs_worth > 0, costs_worth, np.nan)
            spent += float(np.broadcast_to(costs_worth, stop - start).sum())
            net = np.broadcast_to(benefits - costs, (stop - start, ledger.years + 1))
            cumulative = np.cumsum(net, axis=-1)
            paybacks[start:stop] = _payback_months(net, cumulative)
            if start < _FAN_DRAWS:
                fan.append(cumulative[: _FAN_DRAWS - start])
            for whole in ledger.wholes:
                over = (total(whole, values) > 1 + ROUNDING).any(axis=-1)
                scaled[whole.name] += int(np.broadcast_to(over, _rows(values)).sum())
            start = stop
    counts, edges = _histogram(np.sort(net_values))
    return Simulation(
        draws=draws,
        seed=sample.seed,
        probability_of_loss=float((net_values < 0).mean()),
        net_present_value=spread_of(net_values),
        present_value_of_costs=spent / draws,
        return_on_investment=spread_of(returns) if not np.isnan(returns).any() else None,
        payback_months=spread_of(paybacks),
        payback_reached=float(np.isfinite(paybacks).mean()),
        cumulative=np.percentile(np.concatenate(fan), [5, 50, 95], axis=0),
        histogram=counts,
        edges=edges,
        outcomes=net_values,
        scaled={name: count / draws for name, count in scaled.items()},
    )


def _rows(values: dict[str, Array]) -> int:
    return len(next(iter(values.values())))


def _worth(benefits: Array, costs: Array, rate: float) -> tuple[Array, Array]:
    """Net present value and present value of costs of each draw."""
    values = present_values(benefits - costs, rate)
    spent = present_values(costs, rate)
    if not (np.isfinite(values).all() and np.isfinite(spent).all()):
        raise CaseError(
            "some draws of the inputs have no finite result\n"
            "  hint: look for a division by an input whose range reaches zero"
        )
    return clean_values(values, spent), spent


def clean_values(values: Array, spent: Array) -> Array:
    """Net present values beside the present value of the costs: what rounding alone leaves is no loss."""
    return np.where(np.abs(values) <= 2 * ROUNDINGS * spent, 0.0, values)


def present_values(flows: Array, rate: float) -> Array:
    """The present value of each row of flows (…, years + 1); NaN where a flow is not a finite number."""
    finite = np.asarray(np.isfinite(flows).all(axis=-1))
    if not finite.all():
        flows = np.where(finite[..., None], flows, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        values = present_value(flows, rate)
    return np.asarray(values if finite.all() else np.where(finite, values, np.nan))


def _payback_months(net: Array, cumulative: Array) -> Array:
    """The payback of each draw, as `finance.payback_months` has it, from its flows and running totals.

    Infinite where it is not reached, 0 where no money is at risk.
    """
    rounding = ROUNDINGS * np.cumsum(np.abs(net), axis=-1)
    balance = np.where(np.abs(cumulative) <= rounding, 0.0, cumulative)
    below = balance < 0
    years = balance.shape[-1] - 1
    last = years - np.argmax(below[:, ::-1], axis=1)  # the last point below zero, where there is one
    rows = np.arange(len(balance))
    part_of_year = -balance[rows, last] / net[rows, np.minimum(last + 1, years)]
    months = np.where(last == years, np.inf, 12 * (last + np.minimum(1.0, part_of_year)))
    return np.where(below.any(axis=1), months, 0.0)


def spread_of(values: Array) -> Spread:
    """Where outcomes (draws,) lie."""
    ordered = np.sort(values)
    p5, p50, p95 = (_percentile(ordered, share) for share in (0.05, 0.5, 0.95))
    if not np.isfinite(ordered[-1]):
        return Spread(float("inf"), p5, p50, p95, float("inf"))
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    return Spread(float(values.mean()), p5, p50, p95, error)


def _percentile(ordered: Array, share: float) -> float:
    """NumPy's percentile of sorted values, but infinite, and not undefined, next to infinite values."""
    place, rest = divmod(share * (len(ordered) - 1), 1)
    low = float(ordered[int(place)])
    high = float(ordered[min(int(place) + 1, len(ordered) - 1)])
    return low if rest == 0 or low == high else low + rest * (high - low)


def _histogram(ordered: Array) -> tuple[tuple[int, ...], tuple[float, ...]]:
    low, high = _percentile(ordered, 0.001), _percentile(ordered, 0.999)
    if high - low <= _NARROWEST * max(abs(low), abs(high)):
        # All draws are one value but for rounding; bins that narrow could not be told apart.
        middle, half = (low + high) / 2, max(abs(low) / 1000, 0.5)
        low, high = middle - half, middle + half
    counts, edges = np.histogram(ordered, bins=_BINS, range=(low, high))
    return tuple(counts.tolist()), tuple(edges.tolist())
