"""Distributions in units of their own range: the 5th percentile is 0 and the 95th is 1.

What a distribution looks like depends on its kind and on where likely lies between low and high, and on
nothing else. So each shape is solved once, whatever the size of the numbers, and kept.

The lognormal and the beta do depend on the size of their numbers: their shapes are in other units.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from casebook.analysis.beta import Array, BetaQuantiles, beta_between, beta_quantile

Z95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""


@dataclass(frozen=True)
class Shape:
    """A distribution before it is moved and stretched to its place."""

    quantile: Callable[[Array], Array]
    """The value below which the share u of draws lies; any shape of u."""

    mean: float
    """The expected value."""

    sd: float
    """The standard deviation."""

    lowest: float = -math.inf
    """The least value that can be drawn."""

    highest: float = math.inf
    """The greatest value that can be drawn."""


CONSTANT = Shape(np.zeros_like, 0.0, 0.0, 0.0, 0.0)
"""Zero in every draw."""


@lru_cache(maxsize=256)
def pert(likely: float) -> Shape:
    """Give the PERT distribution (λ = 4) with its mode at `likely`, from 0 (= low) to 1 (= high).

    On its end points a, b it is a beta with α = 1 + 4·s and β = 5 − 4·s, s = (mode − a) ÷ (b − a). As s
    goes from 0 to 1, (mode − p5) ÷ (p95 − p5) rises from below 0 to above 1: there is one s for every
    `likely`. Its mean is (a + 4·mode + b) ÷ 6.

    Source: Malcolm et al., "Application of a Technique for Research and Development Program Evaluation"
    (Operations Research, 1959); Vose, *Risk Analysis*, "PERT distribution".
    """
    from scipy.optimize import brentq

    def percentiles(s: float) -> tuple[float, float]:
        low, high = beta_quantile(1 + 4 * s, 5 - 4 * s, np.array([0.05, 0.95]))
        return float(low), float(high)

    def miss(s: float) -> float:
        low, high = percentiles(s)
        return (s - low) / (high - low) - likely

    s = float(brentq(miss, 0, 1, xtol=1e-15))
    alpha, beta = 1 + 4 * s, 5 - 4 * s
    on_ends = BetaQuantiles(alpha, beta)
    low, high = on_ends(np.array([0.05, 0.95])).tolist()
    width = high - low
    return Shape(
        lambda u: (on_ends(u) - low) / width,
        (alpha / 6 - low) / width,
        math.sqrt(alpha * beta / (36 * 7)) / width,
        -low / width,
        (1 - low) / width,
    )


@lru_cache(maxsize=256)
def triangular(likely: float) -> Shape:
    """Give the triangular distribution with its mode at `likely`, from 0 (= low) to 1 (= high).

    With s = (mode − a) ÷ (b − a), `likely` from 0 to 1 is s from 0.05 to 0.95, and on the end points the
    percentiles are √(0.05·s) and 1 − √(0.05·(1 − s)).
    """
    from scipy.optimize import brentq

    def percentiles(s: float) -> tuple[float, float]:
        return math.sqrt(0.05 * s), 1 - math.sqrt(0.05 * (1 - s))

    def miss(s: float) -> float:
        low, high = percentiles(s)
        return (s - low) / (high - low) - likely

    s = {0.0: 0.05, 1.0: 0.95}.get(likely) or float(brentq(miss, 0.05, 0.95, xtol=1e-15))
    low, high = percentiles(s)
    width = high - low

    def quantile(u: Array) -> Array:
        on_ends = np.where(u < s, np.sqrt(s * u), 1 - np.sqrt((1 - s) * (1 - u)))
        return np.asarray((on_ends - low) / width)

    return Shape(
        quantile,
        ((1 + s) / 3 - low) / width,
        math.sqrt((1 - s + s * s) / 18) / width,
        -low / width,
        (1 - low) / width,
    )


def uniform() -> Shape:
    """Give the uniform distribution: its end points lie a twentieth of the draws beyond 0 and 1."""
    return _UNIFORM


def normal() -> Shape:
    """Give the normal distribution about 0.5."""
    return _NORMAL


def _normal_quantile(u: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(0.5 + ndtri(u) / (2 * Z95))


_UNIFORM = Shape(lambda u: (u - 0.05) / 0.9, 0.5, math.sqrt(1 / 12) / 0.9, -0.05 / 0.9, 0.95 / 0.9)
_NORMAL = Shape(_normal_quantile, 0.5, 1 / (2 * Z95))


@lru_cache(maxsize=256)
def lognormal(sigma: float) -> Shape:
    """Give the lognormal with median 1 whose logarithm has the standard deviation sigma, at most 21.

    Its 5th and 95th percentile are e^(±1.645·σ), its mean is e^(σ²/2).
    """

    def quantile(u: Array) -> Array:
        from scipy.special import ndtri

        return np.asarray(np.exp(sigma * ndtri(u)))

    mean = math.exp(sigma**2 / 2)
    return Shape(quantile, mean, mean * math.sqrt(math.expm1(sigma**2)), lowest=0.0)


@lru_cache(maxsize=256)
def beta(low: float, high: float) -> tuple[Shape, tuple[float, float]] | None:
    """Give the beta on [0, 1] with these percentiles, and the span from its least to its greatest centre.

    The centres are the mean, the median and, where there is one peak, the mode. None where it can't be
    fitted (see `beta_between`).
    """
    parameters = beta_between(low, high)
    if parameters is None:
        return None
    a, b = parameters
    total = a + b
    quantiles = BetaQuantiles(a, b)
    centres = [a / total, float(beta_quantile(a, b, 0.5))]
    if max(a, b) > 1:
        centres.append(min(max((a - 1) / (total - 2), 0.0), 1.0) if min(a, b) > 1 else float(a > b))
    shape = Shape(quantiles, a / total, math.sqrt(a * b / (total + 1)) / total, 0.0, 1.0)
    return shape, (min(centres), max(centres))
