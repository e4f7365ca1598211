"""Rows larger than any that was seen: what a heavy tail leaves unknown about a mean.

A bootstrap knows only the rows that there are. Where single rows decide a sum, the largest are mostly not
among them, and its interval ends too low. Here the largest rows are taken as draws from a generalised Pareto
distribution instead, which the limit theorem of Pickands (1975) gives for the excesses of nearly any
distribution over a high threshold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.measurement.columns import Array
from casebook.measurement.measurement import RESAMPLES

LEAST = 30
"""With fewer rows a tail can't be told from chance."""

_TELLING = 20
"""With fewer rows in a tail its shape is chance."""

_MOST = 1_000
_LESS_THAN_ONE = 0.8
"""A mean exists only where the shape is below 1; so close to it, the data say no more where it lies."""

_CAUTION = 0.75
"""So many standard errors are added to the shape, which is itself little known."""


@dataclass(frozen=True)
class Tail:
    """The largest rows, as excesses over a threshold that follow a generalised Pareto distribution."""

    body: Array
    """The other rows, in no order."""
    threshold: float
    excesses: Array
    shape: float
    """ξ: from ½ on the variance is infinite, from 1 on the mean."""
    cautious: float
    """ξ as it may well be."""
    scale: float

    @property
    def count(self) -> int:
        """How many rows are in the tail."""
        return len(self.excesses)

    @property
    def mean(self) -> float:
        """The mean of the rows in the tail, those too that were not seen."""
        return self.threshold + self.scale / (1 - self.cautious)

    def quantile(self, beyond: Array) -> Array:
        """The value that a share `beyond` of the rows in the tail exceeds."""
        return self.threshold + self.scale * np.expm1(-self.cautious * np.log(beyond)) / self.cautious

    def means(self, parts: int) -> Array:
        """The mean of each of so many equal parts of the tail, in rising order."""
        beyond = 1 - np.arange(parts + 1) / parts
        below = beyond ** (1 - self.cautious)
        rise = self.scale / self.cautious
        return self.threshold - rise + rise * parts * (below[:-1] - below[1:]) / (1 - self.cautious)


def tail_of(rows: Array) -> Tail | None:
    """The upper tail of some rows; None where there are too few, or no tail to speak of."""
    n = len(rows)
    if n < LEAST:
        return None
    count = int(
        min(0.2 * n, 3 * math.sqrt(n), _MOST)
    )  # as for Pareto-smoothed sampling (Vehtari et al. 2024)
    split = np.partition(rows, n - count - 1)
    threshold = float(split[n - count - 1])
    large = split[n - count :]
    excesses = large[large > threshold] - threshold
    if len(np.unique(excesses)) < 5:  # counts with a few values have no tail to fit
        return None
    shape = pareto_shape(excesses)
    cautious = min(shape + _CAUTION * max(1 + shape, 0.0) / math.sqrt(len(excesses)), _LESS_THAN_ONE)
    if cautious <= 0:
        return None
    # The scale that keeps the median of the excesses where it was seen.
    scale = float(np.median(excesses)) * cautious / (2**cautious - 1)
    body = split[: n - count]
    if len(excesses) < count:
        body = np.concatenate([body, np.full(count - len(excesses), threshold)])
    return Tail(body, threshold, excesses, shape, cautious, scale)


def reach(d: Array, alpha: float, rng: np.random.Generator) -> tuple[float, float]:
    """How many standard errors the mean of the rows may lie under the truth, if the upper tail is Pareto's.

    `d`: rows less their mean, so that the truth is far up where a large one is missing. Gives minus the
    α-quantile of the studentised mean over RESAMPLES samples, whose largest rows are drawn from the fitted
    tail and whose others are drawn as a sum; and the tail's shape ξ, where its rows tell it. Both are 0
    without a tail.
    """
    tail, n = tail_of(d), len(d)
    if tail is None:
        return 0.0, 0.0
    share = tail.count / n
    within = rng.binomial(n, share, RESAMPLES)
    drawn = rng.random((RESAMPLES, int(within.max())))
    large = tail.quantile(1 - drawn)
    large[np.arange(large.shape[1]) >= within[:, None]] = 0.0
    sums, squares = _body(tail.body, n - within, rng)
    sums, squares = sums + large.sum(axis=1), squares + np.einsum("ij,ij->i", large, large)
    truth = (1 - share) * float(tail.body.mean()) + share * tail.mean
    means = sums / n
    errors = np.sqrt(np.maximum(squares / n - means**2, 0.0) / (n - 1))
    sound = errors > 0
    shape = tail.shape if tail.count >= _TELLING else 0.0
    return -float(np.quantile((means[sound] - truth) / errors[sound], alpha)), shape


def _body(body: Array, counts: Any, rng: np.random.Generator) -> tuple[Array, Array]:
    """Sums and sums of squares of so many rows of the body: normal, as no row of it decides."""
    squared = body * body
    mean, square = float(body.mean()), float(squared.mean())
    spread, spread_of_squares = float(body.std()), float(squared.std())
    together = float((body * squared).mean()) - mean * square
    slope = together / spread if spread else 0.0
    own = math.sqrt(max(spread_of_squares**2 - slope**2, 0.0))
    one, other = rng.standard_normal((2, RESAMPLES)) * np.sqrt(counts)
    return counts * mean + spread * one, np.maximum(counts * square + slope * one + own * other, 0.0)


def pareto_shape(excess: Array) -> float:
    """The shape ξ of a generalised Pareto distribution, from excesses above 0.

    Source: Zhang and Stephens, "A new and efficient estimation method for the generalized Pareto
    distribution" (Technometrics 51, 2009); their k is −ξ.

    >>> rng = np.random.default_rng(1)
    >>> round(pareto_shape(rng.pareto(2, 20_000)), 2), abs(pareto_shape(rng.exponential(3, 20_000))) < 0.02
    (0.5, True)
    """
    x = np.sort(excess)
    n = len(x)
    points = 30 + int(math.sqrt(n))
    quartile = x[int(n / 4 + 0.5) - 1]
    theta = 1 / x[-1] + (1 - np.sqrt(points / (np.arange(1, points + 1) - 0.5))) / (3 * quartile)
    theta = theta[theta != 0]
    k = np.log1p(-theta[:, None] * x).mean(axis=1)
    height = n * (np.log(-theta / k) - k - 1)
    weight = np.exp(height - height.max())
    best = float((theta * weight).sum() / weight.sum())
    return float(np.log1p(-best * x).mean())
