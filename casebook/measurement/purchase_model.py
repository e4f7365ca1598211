"""BG/NBD: how often customers buy again, and when they stop, from their purchases so far.

While alive a customer buys at a rate of his own, and after each purchase stops for good with a probability of
his own; rates spread over customers as a gamma (shape r, rate α in weeks), probabilities as a beta (a, b).
Source: Fader, Hardie and Lee, "Counting your customers the easy way" (Marketing Science 24, 2005).

A customer's history is (x, tₓ, T): repeat purchases, weeks from the first purchase to the last, weeks from
the first purchase to the end of the data.
"""

from __future__ import annotations

import numpy as np

from casebook.measurement.columns import Array


def scores(values: Array, data: Array) -> tuple[Array, Array]:
    """The log-likelihood of each customer and its slopes by r, α, a and b (their equation 6)."""
    from scipy.special import betaln, digamma, gammaln

    (r, alpha, a, b), (x, last, age) = values, data
    repeats = x > 0
    beyond = np.where(repeats, b + x - 1, 1.0)
    stayed = -(r + x) * np.log(alpha + age)
    left = np.where(repeats, np.log(a) - np.log(beyond) - (r + x) * np.log(alpha + last), -np.inf)
    either = np.logaddexp(stayed, left)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    gone = np.exp(left - either)
    time = (1 - gone) * np.log(alpha + age) + gone * np.log(alpha + last)
    pace = (1 - gone) / (alpha + age) + gone / (alpha + last)
    both = digamma(a + b) - digamma(a + b + x)
    return common + either, np.stack(
        [
            digamma(r + x) - digamma(r) + np.log(alpha) - time,
            r / alpha - (r + x) * pace,
            both + gone / a,
            both + digamma(b + x) - digamma(b) - gone / beyond,
        ]
    )


def probability_alive(values: Array, data: Array) -> Array:
    """The probability that each customer has not stopped."""
    (r, alpha, a, b), (x, last, age) = values, data
    odds = a / np.where(x > 0, b + x - 1, 1.0) * ((alpha + age) / (alpha + last)) ** (r + x)
    return np.asarray(1 / (1 + np.where(x > 0, odds, 0.0)))


def expected_purchases(values: Array, data: Array, weeks: float) -> Array:
    """The purchases that each customer is expected to make in the next weeks (their equation 10)."""
    (r, alpha, a, b), (x, _, age) = values, data
    return probability_alive(values, data) * _purchases(r + x, alpha + age, a, b + x, weeks)


def expected_purchases_of_new(values: Array, weeks: float) -> Array:
    """The repeat purchases of a new customer in the weeks after the first purchase (their equation 9)."""
    r, alpha, a, b = values
    return _purchases(r, alpha, a, b, weeks)


def _purchases(r: Array, alpha: Array, a: float, b: Array, weeks: float) -> Array:
    """Purchases in some weeks of one who is alive; both equations are this, after what was seen."""
    from scipy.special import hyp2f1

    series = hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
    return np.asarray((a + b - 1) / (a - 1) * (1 - (alpha / (alpha + weeks)) ** r * series))
