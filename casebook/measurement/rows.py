"""The rows that an estimator uses: which can be used, which belong together, and which are recent."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.caveats import SMALL_SAMPLE, small_sample
from casebook.measurement.columns import Array, Column, Mask, Reasons, usable_rows
from casebook.measurement.measurement import Amount, Measurement

Estimate = Callable[[Any, "Clusters | None"], Measurement]

DAYS_A_MONTH = 365 / 12
_WINDOWS = (24, 12, 6, 3)
"""Months of a recent span, the longest first."""

_MOST_OF_ALL = 2 / 3
_SURE = 2.576 / 1.645
"""By how much an interval of 99% is wider than one of 90%."""

_WORTH_TELLING = 0.1
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Clusters:
    """Rows that belong together, such as all of one person."""

    codes: Any
    """The cluster of each row, counted from 0."""
    count: int
    name: str
    """What the rows of one cluster have in common: the column's name, or nothing."""

    def sums(self, values: Array | None = None) -> Array:
        """The sum over each cluster's rows; without values their number."""
        return np.bincount(self.codes, weights=values, minlength=self.count).astype(np.float64)

    def of(self, rows: Any) -> Clusters:
        """The clusters of some of the rows."""
        codes = np.unique(self.codes[rows], return_inverse=True)[1]
        return replace(self, codes=codes, count=int(codes.max()) + 1)

    def describe(self, method: str) -> Phrase:
        """A method, and over what its rows are clustered."""
        if not self.name:
            return Phrase("{method}, rows in {count} clusters", method=method, count=self.count)
        return Phrase(
            "{method}, rows clustered by {column} ({count})",
            method=method,
            column=self.name,
            count=self.count,
        )


@dataclass(frozen=True)
class Rows:
    """The rows that are left of some columns."""

    kept: Mask
    """Of the columns that the estimator works with."""
    set_aside: Reasons
    clusters: Clusters | None
    """Of the rows that are kept."""
    times: Any
    """The time of each row that is kept; None where none is known."""
    since: str | None
    """The day from which on alone rows are kept, where only the last of them are."""

    def of(self, values: Any) -> Any:
        """The values in the rows that are kept."""
        return values if self.kept.all() else values[self.kept]

    def measured(self, estimate: Estimate, label: str) -> Measurement:
        """The estimate from all rows, with what these add to it, and a word where its level has changed.

        `estimate` takes an index into the rows that are kept, and their clusters.
        """
        found = self.completed(estimate(slice(None), self.clusters), label)
        return found if self.times is None or self.since is not None else self._with_trend(found, estimate)

    def completed(self, measurement: Measurement, label: str) -> Measurement:
        """An estimate with what its rows add to it."""
        count, method, units = measurement.n, measurement.method, small_sample(measurement.n, Phrase("rows"))
        if self.clusters is not None:
            method = self.clusters.describe(method)
            units = small_sample(self.clusters.count, Phrase("clusters"))
        if self.since is not None:
            method = Phrase("{method}, since {day}", method=method, day=self.since)
        caveats = tuple(dict.fromkeys((*units, *measurement.caveats)))
        return replace(
            measurement, n=count, method=method, label=label, set_aside=self.set_aside, caveats=caveats
        )

    def _with_trend(self, whole: Measurement, estimate: Estimate) -> Measurement:
        first, end = self.times.min(), self.times.max()
        months = recent_months(float((end - first) / _DAY) / DAYS_A_MONTH)
        if months is None:
            return whole
        part = self.times >= begin_of_last(f"{months} months", end, "")
        clusters = None if self.clusters is None else self.clusters.of(part)
        if (part.sum() if clusters is None else clusters.count) < SMALL_SAMPLE:
            return whole
        return with_trend_caveat(whole, estimate(part, clusters), months)


def select(
    columns: Sequence[tuple[str, Column]],
    what: str,
    *,
    by: Any = None,
    times: Any = None,
    last: str | None = None,
    least: int = 2,
) -> Rows:
    """The rows that all columns can use, their clusters and times; with `last` the recent rows alone."""
    import pandas as pd

    every, stamps = list(columns), None
    if times is not None:
        time = Column(times, f"{what}, times")
        stamps = time.times().to_numpy(dtype="datetime64[us]")
        every.append((Phrase("the time"), time))
    elif last is not None:
        raise CaseError(
            f"{what}: last={last!r} needs the time of each row\n  hint: times=table['created_at']"
        )
    kept, reasons = usable_rows(every, least=least)
    since = None
    if last is not None and stamps is not None:
        begin = begin_of_last(last, stamps[kept].max(), what)
        since = str(max(begin, stamps[kept].min()))[:10]
        kept, reasons = usable_rows(every, least=least, among=stamps >= begin)
    clusters = None
    if by is not None:
        group = Column(by, f"{what}, by")
        if len(group.series) != len(kept):
            raise CaseError(f"{what}: by has {len(group.series):,} rows, the values have {len(kept):,}")
        codes, known = pd.factorize(group.series if kept.all() else group.series[kept])
        # Who is not known is nobody else that is known.
        alone = codes < 0
        codes[alone] = len(known) + np.arange(int(alone.sum()))
        name = getattr(by, "name", None)
        clusters = Clusters(codes, len(known) + int(alone.sum()), "" if name is None else str(name))
        if clusters.count < 2:
            raise CaseError(f"{what}: all rows belong to one cluster; at least 2 are required")
    return Rows(kept, reasons, clusters, None if stamps is None else stamps[kept], since)


def recent_months(months: float) -> int | None:
    """The longest usual span that is at most two thirds of so many months; None where that is too short."""
    return next((each for each in _WINDOWS if each <= months * _MOST_OF_ALL), None)


def begin_of_last(last: str, end: Any, what: str) -> Any:
    """When the last days, weeks, months or years before `end` began."""
    import pandas as pd

    found = re.fullmatch(r"\s*(\d+)\s+(day|week|month|year)s?\s*", str(last))
    if found is None or int(found[1]) == 0:
        raise CaseError(f"{what}: last is {last!r}; must be a span such as '24 months' or '90 days'")
    count, unit = int(found[1]), found[2]
    return (pd.Timestamp(end) - pd.DateOffset(**{f"{unit}s": count})).to_datetime64()


def with_trend_caveat(whole: Measurement, recent: Measurement, months: int) -> Measurement:
    """The measurement with a word beside it where its recent level is another one.

    It is where the two differ by 10% or more, and by more than 99 in 100 would if the level were one. As the
    whole holds the recent rows, that is √(1 − their share) of the recent level's own interval of 99%.
    """
    away = whole.value - recent.value
    room = (recent.high - recent.value) if away > 0 else (recent.value - recent.low)
    room *= math.sqrt(max(1 - recent.n / whole.n, 0.0))
    if abs(away) <= _SURE * room or abs(away) < _WORTH_TELLING * abs(recent.value):
        return whole
    caveat = Phrase(
        "The level has changed: {recent} ({low} to {high}) over the last {months} months, against {value} "
        "over the whole period.",
        months=months,
        recent=_amount(recent.value),
        low=_amount(recent.low),
        high=_amount(recent.high),
        value=_amount(whole.value),
    )
    return replace(whole, caveats=(*whole.caveats, caveat))


def _amount(value: float) -> Amount:
    """A number with three significant digits, and all of them before the decimal point."""
    return Amount(f"{value:.3g}" if abs(value) < 1_000 else round(value))
