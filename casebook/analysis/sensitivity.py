"""Which inputs the net present value depends on: swings, shares of variance, break-even values.

All of it works on a function `npv(values)`: it takes a mapping of input names to arrays (draws, 1 or
years) and gives one net present value a draw; inputs that it is not given stay at their likely values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from casebook.analysis.beta import Array
from casebook.analysis.distributions import Uncertain, Value
from casebook.errors import CaseError

NetPresentValue = Callable[[dict[str, Array]], Array]
"""Net present values (draws,) at values (draws, 1 or years) of some inputs, the others being likely."""

SHARES_METHOD = (
    "squared rank correlation (Spearman) of each input's draws with the net present value's, "
    "divided by their sum"
)
"""How `variance_shares` computes, in words for the reader of a report."""

# The grid of `break_even`: powers of ten, points a power, points over closed bounds.
_CLOSEST, _FARTHEST, _PER_POWER, _EVEN = -9, 9, 20, 401
# Where all money comes from the input, the net present value at 0 is 0 or a rounding: so is the break-even.
_ZERO = 1e-12


@dataclass(frozen=True)
class Swing:
    """What one input's range does to the net present value, all other inputs being likely."""

    name: str
    low_value: Value
    """The input's 5th percentile, by year where the input is."""

    high_value: Value
    """The input's 95th percentile."""

    at_low: float
    """Net present value with the input at low_value."""

    at_high: float
    """Net present value with the input at high_value; below at_low where more of the input is worse."""

    base: float
    """Net present value with every input likely."""

    @property
    def swing(self) -> float:
        """The span of the three net present values; for a monotone case |at_high − at_low|."""
        return max(self.at_low, self.at_high, self.base) - min(self.at_low, self.at_high, self.base)


def tornado(uncertain: Sequence[Uncertain], npv: NetPresentValue) -> list[Swing]:
    """Move one input at a time to its low and to its high value; the greatest swing comes first.

    Equal swings stay in the order given. Raises CaseError where a net present value is not finite.

    >>> price, volume = Uncertain("price", 10, 9, 12), Uncertain("volume", 5, 4, 7)
    >>> def npv(values):
    ...     at = {"price": np.array([[10.0]]), "volume": np.array([[5.0]]), **values}
    ...     return (at["price"] * at["volume"] - 40).sum(axis=-1)
    >>> [(each.name, each.at_low, each.at_high, each.base) for each in tornado([price, volume], npv)]
    [('volume', 0.0, 30.0, 10.0), ('price', 5.0, 20.0, 10.0)]
    """
    # One row a point: the base, then low and high of each input; all in one call.
    points = {each.name: np.tile(_row(each.likely), (1 + 2 * len(uncertain), 1)) for each in uncertain}
    for index, each in enumerate(uncertain):
        points[each.name][1 + 2 * index] = _row(each.low)
        points[each.name][2 + 2 * index] = _row(each.high)
    results = _evaluated(npv, points, 1 + 2 * len(uncertain))
    for index in np.flatnonzero(~np.isfinite(results)).tolist():
        where = "at likely values"
        if index:
            where = f"with {uncertain[(index - 1) // 2].name} at its {'low' if index % 2 else 'high'} value"
        raise CaseError(
            f"the net present value {where} is not a finite number\n"
            "  hint: look for a division that this value brings to zero"
        )
    base, *ends = results.tolist()
    swings = [
        Swing(each.name, each.low, each.high, at_low, at_high, base)
        for each, at_low, at_high in zip(uncertain, ends[::2], ends[1::2], strict=True)
    ]
    return sorted(swings, key=lambda swing: -swing.swing)


@dataclass(frozen=True)
class VarianceShares:
    """How much of the spread of the net present value goes with each input."""

    shares: dict[str, float]
    """Fractions that sum to 1; all 0 where the net present value, or every input, is always the same."""

    rank_correlations: dict[str, float]
    """Spearman's ρ of each input with the net present value, from −1 to 1."""

    method: str = SHARES_METHOD


def variance_shares(draws: Mapping[str, Array], npv_draws: Array) -> VarianceShares:
    """Give each input's share in the variance of the net present value's ranks: ρ² ÷ Σ ρ².

    `draws` are an input's quantiles or values (draws,), in the order of `npv_draws` (draws,). Only their
    order matters, so that any rising or falling transformation of either leaves the shares as they are. A
    share's standard error is about 1 ÷ √draws; an input without influence has about 1 ÷ draws. An input
    whose influence turns (more is better, then worse) is underrated, and correlated inputs share what they
    have in common by halves: the tornado and the value of information show these.

    Source: Saltelli and Marivoet, "Non-parametric statistics in sensitivity analysis" (1990).

    >>> x = np.array([1.0, 2.0, 3.0, 4.0])
    >>> variance_shares({"x": x, "y": np.array([1.0, 3.0, 3.0, 1.0])}, np.exp(-x)).shares
    {'x': 1.0, 'y': 0.0}
    """
    target = _centred_ranks(npv_draws)
    correlations = {name: _correlation(_centred_ranks(each), target) for name, each in draws.items()}
    total = sum(rho**2 for rho in correlations.values())
    return VarianceShares(
        {n: rho**2 / total if total else 0.0 for n, rho in correlations.items()}, correlations
    )


def _centred_ranks(values: Array) -> Array:
    """Ranks of values (draws,) about their mean; equal values share the mean of their ranks."""
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise ValueError(f"must be one value a draw, not the shape {column.shape}")
    _, position, counts = np.unique(column, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(middle[position] - (column.size + 1) / 2)


def _correlation(one: Array, other: Array) -> float:
    spread = np.sqrt(np.dot(one, one) * np.dot(other, other))
    return float(np.clip(np.dot(one, other) / spread, -1, 1)) if spread > 0 else 0.0


def break_even(
    name: str, likely: Value, bounds: tuple[float | None, float | None], npv: NetPresentValue
) -> float | None:
    """Give the value of an input at which the net present value is 0, all other inputs being likely.

    Of several, the one nearest to likely; None where there is none within its bounds (least, greatest;
    None is open). For an input by year it is the factor on the whole list, each year within the bounds.

    Signs are compared over a grid, then Brent's method runs to the last digits of a float. The grid has
    distances from likely, and from 0, of a billionth to a billion times likely (where that is below 1, up
    to a billion), each 12 % further; where both bounds are closed, also 401 even points. Where the net
    present value jumps over 0, it is the place of the jump; where it is 0 over a stretch, the stretch's
    nearest end; where it leaps over 0 through infinity or has no value, as 1/x does, there is none. A value
    within a trillionth of likely from 0 is 0. A place where it only touches 0 can be missed, and so can two
    such values that lie closer together than the grid.

    Source: Brent, *Algorithms for Minimization without Derivatives* (1973), chapter 4.

    >>> def npv(values):
    ...     return (200 * values["margin"] - 50).sum(axis=-1)
    >>> break_even("margin", 0.6, (0, 1), npv), break_even("margin", 0.6, (0.3, 1), npv)
    (0.25, None)
    >>> break_even("margin", (0.5, 0.5), (0, 1), npv)
    0.5
    """
    centre, pattern = (1.0, _row(likely)) if isinstance(likely, tuple) else (float(likely), np.ones(1))
    lowest, highest = _span(pattern, bounds)

    def at(points: Array) -> Array:
        return _evaluated(npv, {name: points[:, None] * pattern}, points.size)

    if not pattern.any() or not lowest <= centre <= highest:
        return None
    grid = _grid(centre, lowest, highest)
    results = at(grid)
    middle = int(np.searchsorted(grid, centre))
    if results[middle] == 0:
        return centre
    found = (
        _first_root(at, grid[middle:], results[middle:]),
        _first_root(at, grid[middle::-1], results[middle::-1]),
    )
    nearest = min((x for x in found if x is not None), key=lambda x: abs(x - centre), default=None)
    return 0.0 if nearest is not None and abs(nearest) <= _ZERO * abs(centre) else nearest


def _span(pattern: Array, bounds: tuple[float | None, float | None]) -> tuple[float, float]:
    """The least and greatest factor at which each factor × pattern stays within the bounds."""
    least = -np.inf if bounds[0] is None else bounds[0]
    greatest = np.inf if bounds[1] is None else bounds[1]
    moving = pattern[pattern != 0]
    ends = np.sort(np.stack([least / moving, greatest / moving]), axis=0)
    return float(np.max(ends[0], initial=-np.inf)), float(np.min(ends[1], initial=np.inf))


def _grid(centre: float, lowest: float, highest: float) -> Array:
    """Rising points from lowest to highest, densest about the centre, which is one of them."""
    width = highest - lowest
    scale = abs(centre) or (width if np.isfinite(width) and width else 1.0)
    # Distances from the centre, and from 0: what lies close together there is far apart from neither.
    powers = np.logspace(_CLOSEST, _FARTHEST, (_FARTHEST - _CLOSEST) * _PER_POWER + 1)
    near, far = scale * powers, max(scale, 1.0) * powers
    ends = np.array([x for x in (lowest, highest) if np.isfinite(x)])
    even = np.linspace(lowest, highest, _EVEN) if np.isfinite(width) else ends
    every = np.unique(np.concatenate([centre - near, [centre], centre + near, -far, [0.0], far, ends, even]))
    return np.asarray(every[(every >= lowest) & (every <= highest)])


def _first_root(at: Callable[[Array], Array], points: Array, results: Array) -> float | None:
    """The root nearest to the first point; `points` lead away from it, and its result is not 0."""

    def one(x: float) -> float:
        return float(at(np.array([x]))[0])

    signs = np.sign(np.where(np.isfinite(results), results, np.nan))
    for step in np.flatnonzero((signs[:-1] * signs[1:] <= 0) & (signs[:-1] != 0)).tolist():
        near, far = float(points[step]), float(points[step + 1])
        if signs[step + 1] == 0:
            return _edge_of_zero(one, near, far)
        root = _crossing(one, near, far)
        if root is not None and abs(one(root)) <= max(abs(results[step]), abs(results[step + 1])):
            return root  # otherwise the sign changes through infinity, as that of 1/x
    return None


def _crossing(one: Callable[[float], float], near: float, far: float) -> float | None:
    """Where the sign changes between two places that differ in it; None where a place has no value."""
    from scipy.optimize import brentq

    class UndefinedError(Exception):
        """A place has no value; SciPy would raise a ValueError of its own."""

    def defined(x: float) -> float:
        value = one(x)
        if not np.isfinite(value):
            raise UndefinedError
        return value

    try:
        # A step of dust can keep Brent's method from its tolerance; the last value is then near enough.
        return float(brentq(defined, near, far, xtol=5e-324, rtol=1e-15, maxiter=500, disp=False))
    except UndefinedError:
        return None


def _edge_of_zero(one: Callable[[float], float], away: float, zero: float) -> float:
    """The place between the two where the net present value becomes 0, by bisection."""
    while (middle := away + (zero - away) / 2) not in (away, zero):
        if one(middle) == 0:
            zero = middle
        else:
            away = middle
    return zero


def _evaluated(npv: NetPresentValue, values: dict[str, Array], count: int) -> Array:
    """The net present values as (count,), also where none depends on the values given."""
    return np.broadcast_to(np.asarray(npv(values), dtype=np.float64).reshape(-1), (count,))


def _row(value: Value) -> Array:
    return np.atleast_1d(np.asarray(value, dtype=np.float64))
