"""Resampling: how a figure would have come out from other rows of the same kind."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from casebook.measurement.columns import Array
from casebook.measurement.measurement import CONFIDENCE, LARGE, RESAMPLES

# So many numbers are in memory at a time.
_CHUNK = 4_000_000

ALPHA = (1 - CONFIDENCE) / 2


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


def shifts(y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """How far the mean of each sample lies from that of the rows, and its squared standard error."""
    n = len(y)
    if n >= LARGE:
        # The mean of so many rows spreads like a normal, whatever the rows do, and its error is known.
        error = float(y.var(ddof=1) / n)
        return rng.normal(0.0, math.sqrt(error), RESAMPLES), np.full(RESAMPLES, error)
    centred = y - y.mean()
    means = resampled(centred, _mean_and_square, rng)
    return means[:, 0], np.maximum(means[:, 1] - means[:, 0] ** 2, 0.0) / (n - 1)


def _mean_and_square(rows: Array) -> Array:
    return np.column_stack([rows.mean(axis=1), np.einsum("ij,ij->i", rows, rows) / rows.shape[1]])


def studentised(value: float, error: float, moved: Array, errors: Array) -> tuple[float, float]:
    """The studentised bootstrap's interval, also called bootstrap-t (Efron 1979; Hall 1992, 3.5).

    `moved`: how far the value of each sample lies from the value; `errors` its standard error in that sample.
    It takes from the samples how many standard errors away the truth may lie on either side, which follows
    the skew of the data.
    """
    sound = errors > 0
    if not error or not sound.any():
        return value, value
    below, above = np.quantile(moved[sound] / errors[sound], [ALPHA, 1 - ALPHA])
    return float(min(value - above * error, value)), float(max(value - below * error, value))


def percentile(value: float, replicates: Array) -> tuple[float, float]:
    """The 5th and the 95th percentile of the replicates."""
    low, high = np.quantile(replicates, [ALPHA, 1 - ALPHA])
    return float(min(low, value)), float(max(high, value))


def student(value: float, error: float, freedom: float) -> tuple[float, float]:
    """Student's t interval from a standard error."""
    from scipy.special import stdtrit

    half = float(stdtrit(freedom, 1 - ALPHA)) * error
    return value - half, value + half


def student_share(share: float, influence: Array) -> tuple[float, float]:
    """Student's t interval for a share, on the scale of log-odds, so that it stays between 0 and 1.

    `influence`: ψ, how far each row moves the share. Where few rows do all the moving, their spread is itself
    little known: the degrees of freedom are Satterthwaite's, 2·n·m₂² ÷ Var(ψ²), with m₂ the mean of ψ².
    """
    from scipy.special import expit, logit

    moved = influence - influence.mean()
    n, square = len(moved), float((moved**2).mean())
    if not 0 < share < 1 or square <= 0:
        return share, share
    spread = float((moved**2).var())
    freedom = max(2 * n * square**2 / spread, 1.0) if spread else float(n)
    error = math.sqrt(square / (n - 1)) / (share * (1 - share))
    low, high = student(float(logit(share)), error, freedom)
    return float(expit(low)), float(expit(high))
