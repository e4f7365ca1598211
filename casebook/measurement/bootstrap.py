"""Resampling: how a figure would have come out from other rows of the same kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from casebook.measurement import heavy_tails
from casebook.measurement.columns import Array
from casebook.measurement.measurement import CONFIDENCE, LARGE, RESAMPLES

# So many numbers are in memory at a time.
_CHUNK = 4_000_000

ALPHA = (1 - CONFIDENCE) / 2
_HANDFUL = 5
"""Of fewer rows there are too few different samples to go by."""

Z = 1.6448536269514722
"""The standard normal's 95th percentile."""


def resampled(rows: Array, statistic: Callable[[Array], Array], rng: np.random.Generator) -> Array:
    """The statistic of RESAMPLES samples of the rows, drawn with replacement.

    `rows` has shape (n,) or (n, columns); `statistic` takes (samples, n) or (samples, n, columns).
    """
    n = len(rows)
    size = max(1, _CHUNK // max(rows.size, 1))
    parts = []
    for start in range(0, RESAMPLES, size):
        count = min(size, RESAMPLES - start)
        drawn = rng.integers(0, n, (count, n), dtype=np.int32)
        parts.append(np.asarray(statistic(rows[drawn])))
    return np.concatenate(parts)


@dataclass(frozen=True)
class Reach:
    """How far the truth may lie from a value, on either side of it."""

    error: float
    """The value's standard error."""
    below: float
    above: float
    shape: float
    """The shape ξ of the heavier tail, as `heavy_tails.reaches` gives it."""

    def around(self, value: float) -> tuple[float, float]:
        """The ends of the interval round a value."""
        return value - self.below, value + self.above


def studentised(d: Array, x: Array | None, rng: np.random.Generator) -> Reach:
    """How far a mean, or a ratio of sums Σy ÷ Σx, may lie from the truth; one row a row, or a cluster.

    `d`: the rows less their mean, or y − R·x; `x`: the denominator, none for a mean. The standard error is
    the linearised √(Σd² ÷ ((n − 1)·n)) ÷ x̄ (Cochran 1977, 6.3). How many standard errors the truth may lie
    away is taken from the studentised bootstrap, also called bootstrap-t (Efron 1979; Hall 1992, 3.5), which
    follows the skew of the data; from LARGE rows on, where that comes down to Student's t, from the latter.
    Where the upper or the lower tail is heavy, it reaches as far as `heavy_tails.reaches` says.
    """
    n = len(d)
    scale = 1.0 if x is None else float(x.mean())
    error = math.sqrt(float(d @ d) / (n - 1) / n) / scale
    if not error:
        return Reach(0.0, 0.0, 0.0, 0.0)
    if n >= LARGE:
        below = above = _student(n - 1)
    else:
        moved, errors = _moved(d, x, rng)
        sound = errors > 1e-6 * error  # more than rounding
        if sound.any():
            low, high = np.quantile(moved[sound] / errors[sound], [ALPHA, 1 - ALPHA])
            below, above = max(float(high), 0.0), max(-float(low), 0.0)
        else:
            below = above = _student(n - 1)
    if n < heavy_tails.LEAST:  # too few rows to tell how long the longer tail is: no less than Student's t
        skew = float((d**3).sum())
        if skew <= 0 or n < _HANDFUL:
            below = max(below, _student(n - 1))
        if skew >= 0 or n < _HANDFUL:
            above = max(above, _student(n - 1))
    far = heavy_tails.reaches(d, ALPHA, rng)
    return Reach(error, error * max(below, far.below), error * max(above, far.above), far.shape)


def _moved(d: Array, x: Array | None, rng: np.random.Generator) -> tuple[Array, Array]:
    """How far the value of each sample lies from that of the rows, and its standard error there."""
    n = len(d)
    if x is None:
        means, squares = resampled(d, _mean_and_square, rng).T
        return means, np.sqrt(np.maximum(squares - means**2, 0.0) / (n - 1))
    # Sums of residuals, not of y: their squares lose no digits to a large mean.
    sums = resampled(np.column_stack([d, x]), _moments, rng)
    above, total, dd, dx, xx = sums[sums[:, 1] > 0].T
    moved = above / total
    return moved, np.sqrt(np.maximum(dd - 2 * moved * dx + moved**2 * xx, 0.0) * n / (n - 1)) / total


def _mean_and_square(rows: Array) -> Array:
    return np.column_stack([rows.mean(axis=1), np.einsum("ij,ij->i", rows, rows) / rows.shape[1]])


def _moments(rows: Array) -> Array:
    """Of each sample the sums of d, x, d², d·x and x²."""
    d, x = rows[:, :, 0], rows[:, :, 1]
    products = [np.einsum("ij,ij->i", one, other) for one, other in ((d, d), (d, x), (x, x))]
    return np.column_stack([d.sum(axis=1), x.sum(axis=1), *products])


def percentile(value: float, replicates: Array) -> tuple[float, float]:
    """The 5th and the 95th percentile of the replicates."""
    low, high = np.quantile(replicates, [ALPHA, 1 - ALPHA])
    return float(min(low, value)), float(max(high, value))


def _student(freedom: float) -> float:
    """Student's t: how many standard errors the truth may lie away."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 1 - ALPHA))


def student(value: float, error: float, freedom: float) -> tuple[float, float]:
    """Student's t interval from a standard error."""
    half = _student(freedom) * error
    return value - half, value + half


def freedom_of(influence: Array) -> float:
    """Satterthwaite's degrees of freedom of a variance that is the mean of squares: 2·n·m₂² ÷ Var(ψ²).

    `influence`: ψ, how far each row or cluster moves the value. Where few do all the moving, their spread is
    itself little known.
    """
    squares = (influence - influence.mean()) ** 2
    n, square, spread = len(squares), float(squares.mean()), float(squares.var())
    return min(max(2 * n * square**2 / spread, 1.0), n - 1.0) if spread else max(n - 1.0, 1.0)


def log_odds(share: float, error: float, freedom: float = math.inf) -> tuple[float, float]:
    """Student's t interval for a share, on the scale of log-odds, so that it stays between 0 and 1."""
    from scipy.special import expit, logit

    if not 0 < share < 1 or not error:
        return share, share
    low, high = student(float(logit(share)), error / (share * (1 - share)), freedom)
    return float(expit(low)), float(expit(high))


def student_share(share: float, influence: Array) -> tuple[float, float]:
    """An interval for a share, from how far each row moves it, with Satterthwaite's degrees of freedom."""
    moved = influence - influence.mean()
    error = math.sqrt(float((moved**2).mean()) / (len(moved) - 1))
    return log_odds(share, error, freedom_of(influence))
