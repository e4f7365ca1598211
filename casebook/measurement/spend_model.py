"""Gamma-Gamma: what a customer spends a purchase, from the average of the purchases seen.

Amounts of one customer spread as a gamma (shape p, its rate the customer's own); rates spread over customers
as a gamma (q, γ). How much a customer spends is taken to be independent of how often. Source: Fader and
Hardie, "The gamma-gamma model of monetary value" (2013), after Colombo and Jiang (1999).
"""

from __future__ import annotations

import numpy as np

from casebook.measurement.columns import Array


def scores(values: Array, data: Array) -> tuple[Array, Array]:
    """The log-likelihood of each customer's mean over x purchases, its slopes by p, q and γ (equation 1a)."""
    from scipy.special import digamma, gammaln

    (p, q, gamma), (x, mean) = values, data
    shape, whole = p * x, gamma + x * mean
    height = (
        gammaln(shape + q)
        - gammaln(shape)
        - gammaln(q)
        + q * np.log(gamma)
        + (shape - 1) * np.log(mean)
        + shape * np.log(x)
        - (shape + q) * np.log(whole)
    )
    by_shape = digamma(shape + q) - np.log(whole)
    return height, np.stack(
        [
            x * (by_shape - digamma(shape) + np.log(mean) + np.log(x)),
            by_shape - digamma(q) + np.log(gamma),
            q / gamma - (shape + q) / whole,
        ]
    )


def expected(values: Array, data: Array) -> Array:
    """Each customer's expected spend a purchase; without purchases (x = 0) that of all (equation 5)."""
    (p, q, gamma), (x, mean) = values, data
    return np.asarray(p * (gamma + x * mean) / (p * x + q - 1))
