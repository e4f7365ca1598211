"""Quantiles of beta distributions at the speed of a table, and the beta with given percentiles."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# In logits the quantile function is smooth and turns straight at both ends. So many steps over the logits
# of all numbers that a draw can be (2^-53 … 1 − 2^-53) leave an error under 1e-10 of the quantile.
_STEPS = 640
_REACH = 38.0
# Below, a beta has a peak at an end, which a table of this width does not follow; above, its derivatives
# are differences of numbers too large.
_TABULATED = (1.0, 1e6)
# Shape parameters that are searched; beyond them double precision no longer tells percentiles apart.
_SEARCHED = (math.log(1e-3), math.log(1e8))
# SciPy's inverse takes a way of its own where a parameter is 1, and next to 1 it loses that way: quantiles
# of Beta(1 + 2e-16, 1 + 4e-16) fall. A parameter this near is 1, which moves no quantile more than as much.
_IS_ONE = 1e-9


class BetaQuantiles:
    """The quantile function of one beta distribution on [0, 1].

    For α and β from 1 to a million: quintic Hermite interpolation of logit(quantile) over logit(u), from
    values and two derivatives that are exact at the nodes; the error is below 1e-9 relative, of the
    quantile and of its distance to 1. Otherwise scipy's own inverse, which is some thirty times slower.

    >>> BetaQuantiles(1, 1)(np.array([0.05, 0.5])).round(9).tolist()
    [0.05, 0.5]
    """

    def __init__(self, alpha: float, beta: float) -> None:
        self.alpha, self.beta = alpha, beta
        tabulated = min(alpha, beta) >= _TABULATED[0] and max(alpha, beta) <= _TABULATED[1]
        self._pieces = _pieces(alpha, beta) if tabulated else None

    def __call__(self, u: Array) -> Array:
        """Give the value below which the share u of draws lies, for u above 0 and below 1, any shape."""
        if self._pieces is None:
            return beta_quantile(self.alpha, self.beta, u)
        position = (np.log(u / (1 - u)) + _REACH) * (_STEPS / (2 * _REACH))
        position = np.clip(position, 0, np.nextafter(_STEPS, 0))
        piece = position.astype(np.intp)
        within = position - piece
        logit = self._pieces[5].take(piece)
        for power in (4, 3, 2, 1, 0):
            logit *= within
            logit += self._pieces[power].take(piece)
        result: Array = 1 / (1 + np.exp(-logit))
        return result


def beta_quantile(alpha: float, beta: float, u: Array | float) -> Array:
    """Give scipy's inverse of the regularised incomplete beta function."""
    from scipy.special import betaincinv

    alpha, beta = (1.0 if abs(shape - 1) < _IS_ONE else shape for shape in (alpha, beta))
    return np.asarray(betaincinv(alpha, beta, u), dtype=np.float64)


def _pieces(alpha: float, beta: float) -> Array:
    """Give the coefficients (6, steps) of the polynomials between nodes, over 0…1 within each."""
    from scipy.special import betaln, expit

    t = np.linspace(-_REACH, _REACH, _STEPS + 1)
    tail = expit(-np.abs(t))
    # The smaller tail is inverted on either side: 1 − tiny has lost the digits of tiny.
    below = beta_quantile(alpha, beta, tail)
    above = beta_quantile(beta, alpha, tail)
    q = np.where(t < 0, below, 1 - above)
    p = np.where(t < 0, 1 - below, above)
    value = np.log(q) - np.log(p)
    density = alpha * np.log(q) + beta * np.log(p) - betaln(alpha, beta)  # of the logit, in logarithms
    slope = np.exp(np.log(tail) + np.log1p(-tail) - density)
    # From the derivative of log(slope); 1 − 2u is −tanh(t/2).
    bend = slope * (-np.tanh(t / 2) - (alpha * p - beta * q) * slope)
    step = t[1] - t[0]
    v, a = slope * step, bend * step**2
    rise, v0, v1, a0, a1 = np.diff(value), v[:-1], v[1:], a[:-1], a[1:]
    return np.stack(
        [
            value[:-1],
            v0,
            a0 / 2,
            10 * rise - 6 * v0 - 4 * v1 - 1.5 * a0 + 0.5 * a1,
            -15 * rise + 8 * v0 + 7 * v1 + 1.5 * a0 - a1,
            6 * rise - 3 * (v0 + v1) - 0.5 * (a0 - a1),
        ]
    )


@lru_cache(maxsize=256)
def beta_between(low: float, high: float) -> tuple[float, float] | None:
    """Give α and β of the beta distribution whose 5th and 95th percentile are low and high.

    0 < low < high < 1. None where the range is too narrow or too wide for double precision (α of the
    nearer end outside 1e-3 … 1e8: narrower than about 1/10,000 of the share). For a given α the share
    below low rises with β; along those pairs the share below high rises with α: two nested root searches.

    >>> [round(parameter, 9) for parameter in beta_between(0.05, 0.95)]
    [1.0, 1.0]
    """
    from scipy.optimize import brentq
    from scipy.special import betainc

    if low + high > 1:  # the end that is nearer to its bound leads, where floats are dense
        mirrored = beta_between(1 - high, 1 - low)
        return mirrored and (mirrored[1], mirrored[0])

    def partner(log_alpha: float) -> float:
        alpha = math.exp(log_alpha)

        def excess(log_beta: float) -> float:
            return float(betainc(alpha, math.exp(log_beta), low)) - 0.05

        # A beta's mean is near low … high, so that β is near α · (1 − low) ÷ low; the rest is slack.
        guess = log_alpha + math.log1p(-low) - math.log(low)
        top = max(guess, 0) + 5
        return float(brentq(excess, min(guess, 0) - 60, top, xtol=1e-14, rtol=1e-14))

    def miss(log_alpha: float) -> float:
        return float(betainc(math.exp(log_alpha), math.exp(partner(log_alpha)), high)) - 0.95

    try:
        log_alpha = float(brentq(miss, *_SEARCHED, xtol=1e-14, rtol=1e-14))
    except ValueError:
        return None
    return math.exp(log_alpha), math.exp(partner(log_alpha))
