"""Averages over rows: mean, median, and the ratio of two sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.measurement.bootstrap import ALPHA, percentile, resampled, shifts, student, studentised
from casebook.measurement.columns import Array, Column, named, tally
from casebook.measurement.measurement import LARGE, SEED, Measurement
from casebook.words import Phrase


def mean(values: Any, *, label: str = "", seed: int = SEED) -> Measurement:
    """The arithmetic mean of a column; rows without a number are set aside.

    Interval: studentised bootstrap of 2,000 samples (Efron 1979; Hall 1992, 3.5), which follows the skew of
    the data; from 10,000 rows on Student's t, to which it comes down there. It covers 87 to 93% for
    independent rows: from 10 of them where they spread like a normal, from 30 where they are as skewed as an
    exponential, from 300 for a lognormal with σ = 1. It covers less (too narrow, above all upwards) with
    fewer rows, with a tail so heavy that single rows decide the sum, and where rows come in clusters.

    >>> print(mean([4.0, 5.5, 3.9, 6.1, 5.2, 4.4, 5.0, 4.8]))
    4.863 (4.398 to 5.417), n = 8, mean, studentised bootstrap
    """
    column = Column(values, named("mean", label))
    numbers = column.numbers()
    kept, reasons = tally(column, least=2)
    used = numbers[kept]
    n, value = len(used), float(used.mean())
    error = float(used.std(ddof=1)) / math.sqrt(n)
    if n >= LARGE:
        low, high = student(value, error, n - 1)
        return Measurement(value, low, high, n, Phrase("mean, t interval"), label, reasons)
    moved, squares = shifts(used, np.random.default_rng(seed))
    low, high = studentised(value, error, moved, np.sqrt(squares))
    return Measurement(value, low, high, n, Phrase("mean, studentised bootstrap"), label, reasons)


def median(values: Any, *, label: str = "", seed: int = SEED) -> Measurement:
    """The median of a column; rows without a number are set aside.

    Interval: percentile bootstrap of 2,000 samples (the median is not smooth, so that studentising has no
    footing); from 10,000 rows on the order statistics by the binomial, to which it comes down there. It
    covers 87 to 93% for 50 or more independent rows of any continuous shape, heavy tails too. It does not
    hold for fewer than about 20 rows, nor where many rows share the very value of the median (it then covers
    more).

    >>> print(median([4.0, 5.5, 3.9, 6.1, 5.2, 4.4, 5.0, 4.8]))
    4.9 (4.2 to 5.35), n = 8, median, percentile bootstrap
    """
    what = named("median", label)
    column = Column(values, what)
    numbers = column.numbers()
    kept, reasons = tally(column, least=2)
    used = numbers[kept]
    value = float(np.median(used))
    if len(used) >= LARGE:
        from scipy.stats import binom

        below = max(int(binom.ppf(ALPHA, len(used), 0.5)), 1)
        ends = np.partition(used, [below - 1, len(used) - below])[[below - 1, len(used) - below]]
        low, high = float(ends[0]), float(ends[1])
        return Measurement(value, low, high, len(used), Phrase("median, binomial interval"), label, reasons)
    replicates = resampled(used, lambda rows: np.median(rows, axis=1), np.random.default_rng(seed))
    low, high = percentile(value, replicates)
    return Measurement(value, low, high, len(used), Phrase("median, percentile bootstrap"), label, reasons)


def ratio(numerator: Any, denominator: Any, *, label: str = "", seed: int = SEED) -> Measurement:
    """The sum of one column over the sum of another, such as cost a contact or orders a visit.

    Rows that lack either are set aside. Unlike the mean of the rows' own ratios it gives large rows their
    weight.

    Interval: studentised bootstrap over rows (Efron 1979; Hall 1992, 3.5), 2,000 samples, each with its
    standard error by linearisation, √(Σ(y − R·x)² ÷ ((n − 1)·n)) ÷ x̄ (Cochran 1977, 6.3); from 10,000 rows
    on that standard error with Student's t. It covers 87 to 93% for 30 or more independent rows whose
    denominators vary by no more than their mean (coefficient of variation up to 1), with numerators about in
    proportion. It does not hold with fewer rows, or where a few rows carry most of a sum.

    >>> print(ratio([120, 80, 100, 95, 130], [40, 25, 35, 30, 42], label="cost a contact"))
    3.052 (2.838 to 3.144), n = 5, ratio of sums, studentised bootstrap
    """
    what = named("ratio", label)
    above, below = Column(numerator, what), Column(denominator, what)
    y, x = above.numbers(), below.numbers()
    kept, reasons = tally([(Phrase("the numerator"), above), (Phrase("the denominator"), below)], least=2)
    y, x = y[kept], x[kept]
    if x.sum() <= 0 or (x < 0).any():
        raise CaseError(
            f"{what}: the denominator sums to {x.sum():g}, its least row is {x.min():g}; "
            "rows of 0 or more are needed, and not all 0"
        )
    value = float(y.sum() / x.sum())
    n = len(y)
    residuals = y - value * x
    error = float(residuals.std(ddof=1) / math.sqrt(n) / x.mean())
    if n >= LARGE:
        low, high = student(value, error, n - 1)
        return Measurement(value, low, high, n, Phrase("ratio of sums, delta method"), label, reasons)
    # Sums of residuals, not of y: their squares lose no digits to a large mean.
    sums = resampled(np.column_stack([residuals, x]), _moments, np.random.default_rng(seed))
    d, total, dd, dx, xx = sums[sums[:, 1] > 0].T
    moved = d / total
    errors = np.sqrt(np.maximum(dd - 2 * moved * dx + moved**2 * xx, 0.0) * n / (n - 1)) / total
    low, high = studentised(value, error, moved, errors)
    return Measurement(value, low, high, n, Phrase("ratio of sums, studentised bootstrap"), label, reasons)


def _moments(rows: Array) -> Array:
    """Of each sample the sums of d, x, d², d·x and x²."""
    d, x = rows[:, :, 0], rows[:, :, 1]
    products = [np.einsum("ij,ij->i", one, other) for one, other in ((d, d), (d, x), (x, x))]
    return np.column_stack([d.sum(axis=1), x.sum(axis=1), *products])
