"""Resampling: how a figure would have come out from other rows of the same kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from casebook.measurement.columns import Array
from casebook.measurement.measurement import CONFIDENCE, RESAMPLES

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
        parts.append(np.asarray(statistic(rows[rng.integers(0, n, (count, n))])))
    return np.concatenate(parts)


def bca(value: float, replicates: Array, influence: Array) -> tuple[float, float]:
    """The bias-corrected and accelerated interval (Efron 1987; Efron and Tibshirani 1993, ch. 14).

    `influence`: how far each row moves the value, at whatever scale; of two samples those of both.
    """
    from scipy.special import ndtr, ndtri

    if float(np.ptp(replicates)) == 0:
        return value, value
    below = (replicates < value).mean() + (replicates == value).mean() / 2
    bias = ndtri(np.clip(below, 1 / len(replicates), 1 - 1 / len(replicates)))
    square = float((influence**2).sum())
    acceleration = float((influence**3).sum()) / (6 * square**1.5) if square else 0.0
    z = bias + ndtri(np.array([ALPHA, 1 - ALPHA]))
    shares = ndtr(bias + z / (1 - acceleration * z))
    low, high = np.quantile(replicates, shares)
    return float(min(low, value)), float(max(high, value))


def percentile(value: float, replicates: Array) -> tuple[float, float]:
    """The 5th and the 95th percentile of the replicates."""
    low, high = np.quantile(replicates, [ALPHA, 1 - ALPHA])
    return float(min(low, value)), float(max(high, value))
