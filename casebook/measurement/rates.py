"""How often something happens: events a month."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.bootstrap import ALPHA, Z
from casebook.measurement.columns import Array, Column, named
from casebook.measurement.measurement import Measurement
from casebook.measurement.rows import (
    DAYS_A_MONTH,
    Clusters,
    begin_of_last,
    recent_months,
    select,
    with_trend_caveat,
)

BLOCKS = 30
"""Blocks of time: many enough to tell their spread, and long enough to hold what clusters."""

_BURSTS = 2.0
"""The dispersion from which on it is told."""

_DAY = np.timedelta64(1, "D")


def rate(
    times: Any = None,
    *,
    start: Any = None,
    end: Any = None,
    count: int | None = None,
    counts: Any = None,
    days: float | None = None,
    by: Any = None,
    last: str | None = None,
    label: str = "",
) -> Measurement:
    """Events a month of 365 ÷ 12 days, from their times; rows without a time, or outside the span, are set
    aside.

    With `start` and `end` (dates; `end` itself is not part) the span is known beforehand: k events in T
    months give k ÷ T. Without them the span is the observed one, from the first event to the last: its ends
    are events themselves, so that k − 1 intervals stand for it, (k − 1) ÷ T. `last`, such as "24 months",
    takes the end of the span alone, k ÷ T; `by` is a column of what events have in common, such as who asks.
    For data that were counted where they lie give `counts`, the events in equal blocks of time in their
    order (30 or more), and `days`, the length of them all; `count` and `days` where no more is known.

    Interval: Garwood's exact one for independent events, χ²(5%; 2k) ÷ 2T to χ²(95%; 2k + 2) ÷ 2T (Garwood
    1936; with an observed span 2(k − 1) in both, or 2k where its beginning is known), at k ÷ φ events, times
    φ. The dispersion φ is the variance of the counts in 30 blocks of time over their mean, times
    (1 + r) ÷ (1 − r) where neighbouring blocks go together (batch means, Schmeiser 1982; r: their
    correlation); or that of the clusters, Σm² ÷ Σm for m events each; the larger of the two, and at least 1.
    As φ is estimated, both ends are moved out by t ÷ z.

    It covers 88 to 96% for even events, for days that vary 2, 6 or 16 times as a Poisson's, for bursts of 4
    or 10 events, and for levels that last up to a twelfth of the span. It covers less where a level lasts
    longer: that is reported as a change of level. From `count` alone none of this
    can be seen, which is reported too.

    >>> print(rate(counts=[3, 2, 4, 3, 3, 2, 5, 3, 2, 3] * 3, days=91.25))
    30 (24.99 to 35.75), n = 90, events a month, Poisson exact, 91 days
    """
    what = named("rate", label)
    if times is None:
        return _counted(count, counts, days, what, label)
    column = Column(times, what)
    stamps = column.times().to_numpy(dtype="datetime64[us]")
    first, final = (_date(limit, what) for limit in (start, end))
    with np.errstate(invalid="ignore"):
        if first is not None:
            column.drop(stamps < first, Phrase("before the span"))
        if final is not None:
            column.drop(stamps >= final, Phrase("after the span"))
    known = first is not None and final is not None
    rows = select([("", column)], what, by=by, least=1 if known else 3)
    used = stamps if rows.kept.all() else stamps[rows.kept]
    begin = first if first is not None else used.min()
    stop = final if final is not None else used.max()
    if stop <= begin:
        raise CaseError(f"{what}: the span has no length: {begin} to {stop}")
    events = _Times(used, begin, stop, known, first is None, rows.clusters)
    if last is None:
        return _with_trend(events, replace(_measured(events), label=label, set_aside=rows.set_aside))
    recent = events.since(max(begin_of_last(last, stop, what), begin))
    if len(recent.stamps) < 3:
        raise CaseError(f"{what}: {len(recent.stamps)} events in the last {last}; at least 3 are required")
    found = _measured(recent)
    method = Phrase("{method}, since {day}", method=found.method, day=str(recent.begin)[:10])
    return replace(found, method=method, label=label, set_aside=rows.set_aside)


@dataclass(frozen=True)
class _Times:
    """Events by their times."""

    stamps: Any
    begin: Any
    stop: Any
    known: bool
    """Whether both ends of the span were known beforehand."""
    begins: bool
    """Whether the first event is where the span begins, rather than in it."""
    clusters: Clusters | None

    @property
    def days(self) -> float:
        return float((self.stop - self.begin) / _DAY)

    @property
    def number(self) -> int:
        return len(self.stamps)

    @property
    def blocks(self) -> Array:
        """The events in each of so many equal parts of the span."""
        scale = BLOCKS / float((self.stop - self.begin) / np.timedelta64(1, "us"))
        index = ((self.stamps - self.begin).astype(np.int64) * scale).astype(np.int64)
        return np.bincount(np.minimum(index, BLOCKS - 1), minlength=BLOCKS).astype(np.float64)

    def since(self, begin: Any) -> _Times:
        recent = self.stamps >= begin
        clusters = None if self.clusters is None else self.clusters.of(recent)
        return replace(self, stamps=self.stamps[recent], begin=begin, begins=False, clusters=clusters)

    @property
    def recent(self) -> tuple[int, _Times] | None:
        """The months of a recent span, and its events."""
        months = recent_months(self.days / DAYS_A_MONTH)
        if months is None:
            return None
        return months, self.since(begin_of_last(f"{months} months", self.stop, ""))


@dataclass(frozen=True)
class _Counts:
    """Events counted in equal blocks of time."""

    counts: Array
    days: float
    known = True
    begins = False
    clusters = None

    @property
    def number(self) -> int:
        return round(float(self.counts.sum()))

    @property
    def blocks(self) -> Array:
        """The counts of so many equal parts or some more; a remainder at the beginning is left out."""
        together = len(self.counts) // BLOCKS or 1
        parts = len(self.counts) // together
        return self.counts[len(self.counts) - parts * together :].reshape(parts, together).sum(axis=1)

    @property
    def recent(self) -> tuple[int, _Counts] | None:
        months = recent_months(self.days / DAYS_A_MONTH)
        if months is None:
            return None
        kept = round(len(self.counts) * months * DAYS_A_MONTH / self.days)
        return months, _Counts(self.counts[len(self.counts) - kept :], self.days * kept / len(self.counts))


@dataclass(frozen=True)
class _Dispersion:
    """How many times the variance of a count is a Poisson's."""

    factor: float
    freedom: float
    method: Phrase


_POISSON = _Dispersion(1.0, math.inf, Phrase("events a month, Poisson exact"))


def _dispersion(events: _Times | _Counts) -> _Dispersion:
    """The largest of the dispersions over blocks of time, over clusters, and of a Poisson."""
    found = [_POISSON, _of_blocks(events.blocks)]
    if events.clusters is not None:
        found.append(_of_clusters(events.clusters))
    return max(found, key=lambda each: each.factor)


def _of_blocks(counts: Array) -> _Dispersion:
    n, mean = len(counts), float(counts.mean())
    apart = counts - mean
    square = float((apart**2).sum())
    if not square:
        return replace(_POISSON, factor=0.0)
    together = float((apart[1:] * apart[:-1]).sum()) / square + 1 / n  # its bias is −1/n
    together = min(max(together, 0.0), 0.9)
    longer = (1 + together) / (1 - together)
    method = Phrase("events a month, Poisson widened by the dispersion of {count} blocks of time", count=n)
    return _Dispersion(square / (n - 1) / mean * longer, max(n / longer - 1, 2.0), method)


def _of_clusters(clusters: Clusters) -> _Dispersion:
    sizes = clusters.sums()
    square = float((sizes**2).sum())
    # Of a sum of squares over a random number of clusters, as Satterthwaite has it.
    freedom = max(2 * square**2 / float((sizes**4).sum()), 1.0)
    method = clusters.describe(Phrase("events a month, Poisson widened by the dispersion of clusters"))
    return _Dispersion(square / float(sizes.sum()), freedom, method)


def _measured(events: _Times | _Counts) -> Measurement:
    dispersion = _dispersion(events)
    method, days = dispersion.method, round(events.days)
    over = (
        Phrase("{method}, {days} days", method=method, days=days)
        if events.known or not events.begins
        else Phrase("{method}, {days} days from the first event to the last", method=method, days=days)
    )
    # Intervals that end with an event: one less than events, where waiting began with the first.
    count = events.number - 1 if events.begins and not events.known else events.number
    found = _interval(count, events.days, dispersion, known=events.known)
    return replace(found, n=events.number, method=over)


def _with_trend(events: _Times | _Counts, whole: Measurement) -> Measurement:
    recent = events.recent
    if recent is None or recent[1].number < 3:
        return whole
    return with_trend_caveat(whole, _measured(recent[1]), recent[0])


def _interval(count: int, days: float, dispersion: _Dispersion, *, known: bool) -> Measurement:
    """Garwood's interval at as many events as are independent."""
    from scipy.special import chdtri, stdtrit

    months, factor = days / DAYS_A_MONTH, dispersion.factor
    freedom = 2 * count / factor
    low = float(chdtri(freedom, 1 - ALPHA)) / 2 * factor if count else 0.0
    high = float(chdtri(freedom + 2 if known else freedom, ALPHA)) / 2 * factor
    caveats: list[str] = []
    if factor > 1 and count:
        power = float(stdtrit(dispersion.freedom, 1 - ALPHA)) / Z
        low, high = (count * (end / count) ** power for end in (low, high))
    if factor > _BURSTS:
        caveats += [
            Phrase(
                "Events come in bursts: {count} of them carry the information of about {alone} independent "
                "ones, and the range is wider accordingly.",
                count=count,
                alone=max(round(count / factor), 1),
            )
        ]
    return Measurement(
        count / months, low / months, high / months, count, dispersion.method, caveats=tuple(caveats)
    )


def _counted(count: Any, counts: Any, days: Any, what: str, label: str) -> Measurement:
    """A rate from counts alone."""
    if (
        (count is None) == (counts is None)
        or days is None
        or not days > 0
        or (count is not None and count < 0)
    ):
        raise CaseError(f"{what}: give times, or count or counts (0 or more) and days (above 0)")
    if counts is None:
        found = _interval(int(count), float(days), _POISSON, known=True)
        caveat = Phrase(
            "Only the total is known, not when events occurred; the range assumes that they are independent."
        )
        return replace(found, label=label, caveats=(caveat,))
    column = Column(counts, f"{what}, counts")
    numbers = column.numbers()
    if len(numbers) < BLOCKS or not column.usable.all() or (numbers < 0).any():
        raise CaseError(
            f"{what}: counts are {len(numbers):,} blocks of time; "
            f"at least {BLOCKS} are required, each 0 or more\n"
            "  hint: count by shorter blocks, and those without an event as 0"
        )
    events = _Counts(numbers, float(days))
    return _with_trend(events, replace(_measured(events), label=label))


def _date(limit: Any, what: str) -> Any:
    if limit is None:
        return None
    found = Column([limit], f"{what}, the span").times()
    return found.to_numpy(dtype="datetime64[us]")[0]
