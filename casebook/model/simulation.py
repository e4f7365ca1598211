"""Seeded simulation of a case: how its figures spread when its inputs take other values than the likely ones.

It runs on the lines without risk adjustment: a haircut and a range for the same risk would count it twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.errors import CaseError
from casebook.model.finance import present_value
from casebook.model.ledger import Ledger
from casebook.model.operations import Array
from casebook.model.sampling import Sample

DRAWS = 10_000
SEED = 2016

# Rows of this many draws keep the arrays of one line within a processor's cache.
_CHUNK = 4_096
# Percentiles by year are read off so many draws at most, which keeps memory small over long horizons.
_FAN_DRAWS = 100_000
_BINS = 40


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
    return_on_investment: Spread | None
    """None where costs may be 0."""
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


def simulate(ledger: Ledger, sample: Sample, rate: float, draws: int = DRAWS) -> Simulation:
    """Draw all inputs `draws` times and compute the figures of each draw.

    Memory grows by three numbers a draw. Raises CaseError where a draw has no finite value.
    """
    net_values, returns, paybacks = (np.empty(draws) for _ in range(3))
    fan: list[Array] = []
    start = 0
    for values in sample.chunks(draws, _CHUNK):
        benefits, costs = ledger.totals(values)
        net = benefits - costs
        stop = start + _rows(values)
        net_values[start:stop] = present_value(net, rate)
        with np.errstate(divide="ignore", invalid="ignore"):
            returns[start:stop] = net_values[start:stop] / present_value(costs, rate)
        cumulative = np.cumsum(np.broadcast_to(net, (stop - start, net.shape[-1])), axis=-1)
        paybacks[start:stop] = _payback_months(cumulative)
        if start < _FAN_DRAWS:
            fan.append(cumulative)
        start = stop
    if not np.isfinite(net_values).all():
        raise CaseError(
            "some draws of the inputs have no finite result\n"
            "  hint: look for a division by an input whose range reaches zero"
        )
    counts, edges = _histogram(net_values)
    return Simulation(
        draws=draws,
        seed=sample.seed,
        probability_of_loss=float((net_values < 0).mean()),
        net_present_value=_spread(net_values),
        return_on_investment=_spread(returns) if np.isfinite(returns).all() else None,
        payback_months=_spread(paybacks),
        payback_reached=float(np.isfinite(paybacks).mean()),
        cumulative=np.percentile(np.concatenate(fan), [5, 50, 95], axis=0),
        histogram=counts,
        edges=edges,
        outcomes=net_values,
    )


def _rows(values: dict[str, Array]) -> int:
    return len(next(iter(values.values())))


def _payback_months(cumulative: Array) -> Array:
    """The payback of each row of running totals, as `finance.payback_months` has it."""
    below = cumulative < 0
    years = cumulative.shape[-1] - 1
    last = years - np.argmax(below[:, ::-1], axis=1)  # the last point below zero, where there is one
    rows = np.arange(len(cumulative))
    following = np.minimum(last + 1, years)
    rise = cumulative[rows, following] - cumulative[rows, last]
    with np.errstate(divide="ignore", invalid="ignore"):
        months = 12 * (last - cumulative[rows, last] / rise)
    months = np.where(last == years, np.inf, months)
    return np.where(below.any(axis=1), months, 0.0)


def _spread(values: Array) -> Spread:
    # A percentile between infinite values is infinite, not undefined.
    ordered = np.sort(values)
    p5, p50, p95 = (
        float(ordered[min(int(share * len(ordered)), len(ordered) - 1)]) for share in (0.05, 0.5, 0.95)
    )
    if np.isfinite(ordered[-1]):
        p5, p50, p95 = (float(p) for p in np.percentile(ordered, [5, 50, 95]))
        error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
        return Spread(float(values.mean()), p5, p50, p95, error)
    return Spread(float("inf"), p5, p50, p95, float("inf"))


def _histogram(values: Array) -> tuple[tuple[int, ...], tuple[float, ...]]:
    low, high = np.percentile(values, [0.1, 99.9])
    counts, edges = np.histogram(values, bins=_BINS, range=(low, high) if low < high else None)
    return tuple(counts.tolist()), tuple(edges.tolist())
