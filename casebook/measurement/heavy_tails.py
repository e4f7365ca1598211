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
_LESS_THAN_ONE = 0.7
"""A mean exists only where the shape is below 1; the closer it comes, the less a sample says of it."""

_VERY_MANY = 1_000_000
"""From so many rows on a sample tells where a tail begins."""

_CHUNK = 100_000
"""Rows that are worked on at a time."""

_CAUTION = 0.75
"""So many standard errors are added to the shape, which is itself little known."""


@dataclass(frozen=True)
class Tail:
    """The largest rows, as excesses over a threshold that follow a generalised Pareto distribution."""

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


def size_of_tail(n: int) -> int:
    """How many of so many rows are taken as a tail, as for Pareto-smoothed sampling (Vehtari et al. 2024)."""
    return int(min(0.2 * n, 3 * math.sqrt(n), _MOST))


def tail_of(largest: Array) -> Tail | None:
    """The tail beyond the least of the largest rows; None where there is none to speak of."""
    if len(largest) < size_of_tail(LEAST):
        return None
    threshold = float(largest.min())
    excesses = largest[largest > threshold] - threshold
    if len(np.unique(excesses)) < 5:  # counts with a few values have no tail to fit
        return None
    shape = pareto_shape(excesses)
    cautious = min(shape + _CAUTION * max(1 + shape, 0.0) / math.sqrt(len(excesses)), _LESS_THAN_ONE)
    if cautious <= 0:
        return None
    # The scale that keeps the median of the excesses where it was seen.
    scale = float(np.median(excesses)) * cautious / (2**cautious - 1)
    return Tail(threshold, excesses, shape, cautious, scale)


@dataclass(frozen=True)
class Reaches:
    """How many standard errors the truth may lie from a mean, as far as rows larger than any seen go."""

    below: float
    above: float
    shape: float
    """The shape ξ of the heavier tail, where its rows tell it; else 0."""


def reaches(d: Array, alpha: float, rng: np.random.Generator) -> Reaches:
    """How far the truth may lie on either side of a mean, if its tails are Pareto's; 0 where there is none.

    `d`: rows less their mean. The truth lies far up where a large row is missing: minus the α-quantile of the
    studentised mean over RESAMPLES samples, whose largest rows are drawn from the fitted tail and whose
    others are drawn as a sum.
    """
    n = len(d)
    if n < LEAST:
        return Reaches(0.0, 0.0, 0.0)
    least, largest = _ends(d, size_of_tail(n), rng)
    powers = _powers(d)
    up = _reach(tail_of(largest), powers, n, alpha, rng)
    down = _reach(tail_of(-least), powers * [-1, 1, -1, 1], n, alpha, rng)
    return Reaches(down[0], up[0], max(up[1], down[1]))


def _ends(d: Array, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """The least and the largest rows, one more than so many; of very many rows about so many."""
    n = len(d)
    if n <= _VERY_MANY:
        split = np.partition(d, [count, n - count - 1])
        return split[: count + 1], split[n - count - 1 :]
    low, high = np.quantile(d[rng.integers(0, n, _VERY_MANY // 10)], [count / n, 1 - count / n])
    return d[d <= low], d[d >= high]


def _powers(d: Array) -> Array:
    """The sums of the first four powers, from which those of the rows outside a tail follow."""
    sums = np.zeros(4)
    for start in range(0, len(d), _CHUNK):
        part = d[start : start + _CHUNK]
        squares = part * part
        third, fourth = (np.einsum("i,i->", squares, other) for other in (part, squares))
        sums += part.sum(), squares.sum(), third, fourth
    return sums


def _reach(
    tail: Tail | None, powers: Array, n: int, alpha: float, rng: np.random.Generator
) -> tuple[float, float]:
    """How many standard errors the mean may lie under the truth, and the shape of the upper tail."""
    if tail is None:
        return 0.0, 0.0
    share, seen = tail.count / n, tail.threshold + tail.excesses
    within = rng.binomial(n, share, RESAMPLES)
    large = tail.quantile(1 - rng.random((RESAMPLES, int(within.max()))))
    large[np.arange(large.shape[1]) >= within[:, None]] = 0.0
    body = (powers - [(seen**power).sum() for power in (1, 2, 3, 4)]) / (n - tail.count)
    sums, squares = _body(body, n - within, rng)
    sums, squares = sums + large.sum(axis=1), squares + np.einsum("ij,ij->i", large, large)
    truth = (1 - share) * float(body[0]) + share * tail.mean
    means = sums / n
    errors = np.sqrt(np.maximum(squares / n - means**2, 0.0) / (n - 1))
    sound = errors > 0
    shape = tail.shape if tail.count >= _TELLING else 0.0
    return -float(np.quantile((means[sound] - truth) / errors[sound], alpha)), shape


def _body(moments: Array, counts: Any, rng: np.random.Generator) -> tuple[Array, Array]:
    """Sums and sums of squares of so many rows outside the tail: normal, as no row among them decides."""
    mean, square, cube, fourth = moments.tolist()
    spread = math.sqrt(max(square - mean**2, 0.0))
    slope = (cube - mean * square) / spread if spread else 0.0
    own = math.sqrt(max(fourth - square**2 - slope**2, 0.0))
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
