"""How much each of several changes contributes to a difference: Shapley values.

A coalition is a set of changes that have been made, the others not yet. A change's contribution is what
making it adds, averaged over all orders in which the changes could be made. The contributions add up to the
whole difference, a change that makes no difference gets nothing, two that do the same get the same, and the
contributions to a sum are the sums of those to its parts: no other rule does all four (L. S. Shapley, "A
value for n-person games", 1953).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casebook.formula.operations import Array

Coalitions = npt.NDArray[np.bool_]
"""Shape (coalitions, changes): True where a change has been made."""

MOST_EXACT = 14
"""Up to so many changes all combinations are evaluated, 2^14 = 16,384 of them."""

ORDERS = 4096
"""With more changes so many orders are drawn, each with its reverse."""

_ORDERS_AT_ONCE = 256
_COALITIONS_AT_ONCE = 4096
"""More changes are tried in fewer orders at once, so that they take no more memory."""


@dataclass(frozen=True)
class Attribution:
    """The contribution of each change, in the order of the changes."""

    contributions: Array
    exact: bool
    """Whether all combinations were evaluated; otherwise orders were drawn."""
    standard_error: Array
    """Of each contribution; zero where it is exact."""
    largest: float
    """The largest worth that was met, whatever its sign: what rounding is to be held against."""


def attribute(worth: Callable[[Coalitions], Array], changes: int, *, seed: int = 0) -> Attribution:
    """Attribute worth(all changes) − worth(none) to the changes; exactly up to MOST_EXACT of them.

    `worth` gives a figure for each of several coalitions at once. Beyond, the average over ORDERS orders is
    taken, drawn with a fixed seed: each order telescopes, so that the sum is still the whole difference.

    >>> both = lambda made: 10.0 * made[:, 0] * made[:, 1] + 3.0 * made[:, 2]
    >>> attribute(both, 3).contributions.round(12).tolist()
    [5.0, 5.0, 3.0]
    """
    return _exactly(worth, changes) if changes <= MOST_EXACT else _by_orders(worth, changes, seed)


def _exactly(worth: Callable[[Coalitions], Array], changes: int) -> Attribution:
    numbers = np.arange(2**changes)
    coalitions = (numbers[:, None] >> np.arange(changes) & 1).astype(bool)
    worths, sizes = worth(coalitions), coalitions.sum(axis=1)
    # How often a change comes right after a given set of others, among all orders.
    weights = np.array([1 / (changes * math.comb(changes - 1, size)) for size in range(changes)])
    contributions = np.zeros(changes)
    for change in range(changes):
        before = numbers[~coalitions[:, change]]
        gains = worths[before | 1 << change] - worths[before]
        contributions[change] = np.sum(weights[sizes[before]] * gains)
    return Attribution(contributions, True, np.zeros(changes), float(np.abs(worths).max()))


def _by_orders(worth: Callable[[Coalitions], Array], changes: int, seed: int) -> Attribution:
    rng = np.random.default_rng(seed)
    pairs: list[Array] = []
    largest = 0.0
    at_once = _ORDERS_AT_ONCE
    while at_once > 1 and at_once * (changes + 1) > _COALITIONS_AT_ONCE:
        at_once //= 2
    for _ in range(ORDERS // 2 // at_once):
        orders = rng.permuted(np.tile(np.arange(changes), (at_once, 1)), axis=1)
        # What an order says of a change, its reverse tends to say the other way.
        there, back = _worths(worth, orders), _worths(worth, orders[:, ::-1])
        pairs.append((_gains(there, orders) + _gains(back, orders[:, ::-1])) / 2)
        largest = max(largest, float(np.abs(there).max()), float(np.abs(back).max()))
    gains = np.concatenate(pairs)
    error = gains.std(axis=0, ddof=1) / math.sqrt(len(gains))
    return Attribution(gains.mean(axis=0), False, error, largest)


def _worths(worth: Callable[[Coalitions], Array], orders: npt.NDArray[np.int64]) -> Array:
    """The worth before the first change of each order and after each; shape (orders, changes + 1)."""
    count, changes = orders.shape
    places = np.argsort(orders, axis=1)  # when a change is made
    coalitions = places[:, None, :] < np.arange(changes + 1)[None, :, None]
    return worth(coalitions.reshape(-1, changes)).reshape(count, changes + 1)


def _gains(worths: Array, orders: npt.NDArray[np.int64]) -> Array:
    """What each change adds in each order; shape (orders, changes)."""
    return np.take_along_axis(np.diff(worths, axis=1), np.argsort(orders, axis=1), axis=1)
