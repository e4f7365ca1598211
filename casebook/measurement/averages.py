"""Averages over rows: mean, median, and the ratio of two sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.bootstrap import (
    ALPHA,
    freedom_of,
    percentile,
    resampled,
    student,
    student_share,
    studentised,
)
from casebook.measurement.caveats import heavy_tail, small_sample
from casebook.measurement.columns import Array, Column, named
from casebook.measurement.measurement import LARGE, SEED, Measurement
from casebook.measurement.rows import Clusters, Rows, select


def mean(
    values: Any,
    *,
    by: Any = None,
    times: Any = None,
    last: str | None = None,
    label: str = "",
    seed: int = SEED,
) -> Measurement:
    """The arithmetic mean of a column; rows without a number are set aside.

    `by`: a column of what rows have in common, such as a person: rows that share it are resampled together.
    `times`: the time of each row; where the recent level differs, that is reported beside the figure,
    and `last`, such as "24 months", takes the recent rows alone.

    Interval: studentised bootstrap of 2,000 samples (Efron 1979; Hall 1992, 3.5), which follows the skew of
    the data; from 10,000 rows on Student's t, to which it comes down there. Where a tail is heavy, it reaches
    as far as rows larger than any seen would take it (`tails`). It covers 87 to 95% for 30 or more rows that
    spread like a normal or an exponential, for 100 or more of lognormals up to σ = 2, and with `by` for 30 or
    more clusters; 84% for 100 rows and 90% for 300 of a Pareto with exponent 1.5. Fewer rows than 30, and
    heavy tails, are reported beside the figure.

    >>> print(mean([4.0, 5.5, 3.9, 6.1, 5.2, 4.4, 5.0, 4.8] * 5))
    4.862 (4.674 to 5.05), n = 40, mean, studentised bootstrap
    """
    what = named("mean", label)
    column = Column(values, what)
    numbers = column.numbers()
    rows = select([("", column)], what, by=by, times=times, last=last)
    used = rows.of(numbers)
    return rows.measured(lambda part, clusters: _of_sums(used[part], None, clusters, seed), label)


def ratio(
    numerator: Any,
    denominator: Any,
    *,
    by: Any = None,
    times: Any = None,
    last: str | None = None,
    label: str = "",
    seed: int = SEED,
) -> Measurement:
    """The sum of one column over the sum of another, such as cost a contact or orders a visit.

    Rows that lack either are set aside. Unlike the mean of the rows' own ratios it gives large rows their
    weight. `by`, `times` and `last` as for `mean`.

    Interval: studentised bootstrap over rows (Efron 1979; Hall 1992, 3.5), 2,000 samples, each with its
    standard error by linearisation, √(Σ(y − R·x)² ÷ ((n − 1)·n)) ÷ x̄ (Cochran 1977, 6.3); from 10,000 rows
    on that standard error with Student's t; and as far as a heavy tail takes it, as for `mean`. It covers 87
    to 95% for 30 or more rows or clusters. A ratio whose numerator is a part of the denominator in each row
    is a share: its interval is linearised on the log-odds, with t on Satterthwaite's degrees of freedom, and
    so stays between 0 and 1. Few rows, and heavy tails, are reported beside the figure.

    >>> print(ratio([120, 80, 100, 95, 130] * 8, [40, 25, 35, 30, 42] * 8, label="cost a contact"))
    3.052 (3.02 to 3.082), n = 40, ratio of sums, studentised bootstrap
    """
    what = named("ratio", label)
    above, below = Column(numerator, what), Column(denominator, what)
    y, x = above.numbers(), below.numbers()
    columns = [(Phrase("the numerator"), above), (Phrase("the denominator"), below)]
    rows = select(columns, what, by=by, times=times, last=last)
    y, x = rows.of(y), rows.of(x)
    if x.sum() <= 0 or (x < 0).any():
        raise CaseError(
            f"{what}: the denominator sums to {x.sum():g}, its smallest row is {x.min():g}; "
            "rows must be 0 or more, and not all 0"
        )

    return rows.measured(lambda part, clusters: _of_sums(y[part], x[part], clusters, seed), label)


def median(
    values: Any,
    *,
    by: Any = None,
    times: Any = None,
    last: str | None = None,
    label: str = "",
    seed: int = SEED,
) -> Measurement:
    """The median of a column; rows without a number are set aside. `by`, `times` and `last` as for `mean`.

    Interval: percentile bootstrap of 2,000 samples (the median is not smooth, so that studentising has no
    footing); from 10,000 rows on the order statistics by the binomial, to which it comes down there; with
    `by` the order statistics by the standard error of the share of rows below the median, from the clusters
    (Woodruff 1952), with t. It covers 87 to 93% for 50 or more independent rows of any continuous shape,
    heavy tails too, and for 30 or more clusters. It covers more where many rows share the very value of the
    median. Fewer rows than 30 are reported beside the figure.

    >>> print(median([4.0, 5.5, 3.9, 6.1, 5.2, 4.4, 5.0, 4.8] * 5))
    4.9 (4.6 to 5.1), n = 40, median, percentile bootstrap
    """
    what = named("median", label)
    column = Column(values, what)
    numbers = column.numbers()
    rows = select([("", column)], what, by=by, times=times, last=last)
    used = rows.of(numbers)
    return rows.measured(lambda part, clusters: _median(used[part], clusters, seed), label)


def mean_of(values: Array, clusters: Clusters | None, label: str, seed: int) -> Measurement:
    """The mean of numbers that can all be used, as `mean` gives it."""
    rows = Rows(np.ones(len(values), dtype=bool), {}, clusters, None, None)
    return rows.completed(_of_sums(values, None, clusters, seed), label)


def _of_sums(y: Array, x: Array | None, clusters: Clusters | None, seed: int) -> Measurement:
    """A mean, or a ratio of sums; over rows, or over the sums of their clusters."""
    count, whole = len(y), x is None
    if clusters is not None:
        y, x = clusters.sums(y), clusters.sums(x)
    value = float(y.mean() if x is None else y.sum() / x.sum())
    if x is not None and not whole and (y >= 0).all() and (y <= x).all():
        return _part_of(y, x, value, count)
    reach = studentised(y - value if x is None else y - value * x, x, np.random.default_rng(seed))
    if len(y) >= LARGE:
        method = Phrase("mean, t interval") if whole else Phrase("ratio of sums, delta method")
    else:
        method = (
            Phrase("mean, studentised bootstrap") if whole else Phrase("ratio of sums, studentised bootstrap")
        )
    return Measurement(value, *reach.around(value), count, method, caveats=tuple(heavy_tail(y, reach)))


def _part_of(y: Array, x: Array, value: float, count: int) -> Measurement:
    """A ratio whose numerator is a part of the denominator in each row, and which so is a share."""
    influence = (y - value * x) / x.mean()
    method = Phrase("ratio of sums, linearised on log-odds")
    reach = small_sample(round(freedom_of(influence)), Phrase("effective rows"), least=10)
    return Measurement(value, *student_share(value, influence), count, method, caveats=tuple(reach))


def _median(values: Array, clusters: Clusters | None, seed: int) -> Measurement:
    value, n = float(np.median(values)), len(values)
    if clusters is not None:
        below = (values < value) + 0.5 * (values == value)
        influence = clusters.sums(below - below.mean())
        error = math.sqrt(float(influence @ influence) * len(influence) / (len(influence) - 1)) / n
        shares = student(0.5, error, freedom_of(influence))
        low, high = np.quantile(values, np.clip(shares, 0, 1))
        method = Phrase("median, Woodruff interval")
    elif n >= LARGE:
        from scipy.stats import binom

        least = max(int(binom.ppf(ALPHA, n, 0.5)), 1)
        low, high = np.partition(values, [least - 1, n - least])[[least - 1, n - least]]
        method = Phrase("median, binomial interval")
    else:
        replicates = resampled(values, lambda rows: np.median(rows, axis=1), np.random.default_rng(seed))
        low, high = percentile(value, replicates)
        method = Phrase("median, percentile bootstrap")
    # The order statistics interpolate by another sum than the median: they may differ in the last digit.
    return Measurement(value, min(float(low), value), max(float(high), value), n, method)
