"""How often something happens: events a month."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.measurement.bootstrap import ALPHA
from casebook.measurement.columns import Column, Mask, named, tally
from casebook.measurement.measurement import Measurement
from casebook.words import Phrase

DAYS_A_MONTH = 365 / 12

_DAY = np.timedelta64(1, "D")


def rate(
    times: Any = None,
    *,
    start: Any = None,
    end: Any = None,
    count: int | None = None,
    days: float | None = None,
    label: str = "",
) -> Measurement:
    """Events a month of 365 ÷ 12 days, from their times; rows without a time, or outside the span, are set
    aside.

    With `start` and `end` (dates; `end` itself is not part) the span is known beforehand: k events in T
    months give k ÷ T, with Garwood's exact interval, χ²(5%; 2k) ÷ 2T to χ²(95%; 2k + 2) ÷ 2T (Garwood 1936).
    Without them the span is the observed one, from the first event to the last: its ends are events
    themselves, so that k − 1 intervals stand for it, (k − 1) ÷ T with χ²(5%; 2(k−1)) ÷ 2T to χ²(95%; 2(k−1))
    ÷ 2T. For data that were counted where they lie give `count` and `days`.

    The intervals hold for independent events of an even rate (a Poisson process): the observed span covers
    90% exactly, the known one 90 to 93% from 30 events on, and more (too wide) with fewer. They cover less
    where events come in bursts, by season or on a trend: where the counts of days vary by more than a
    Poisson's would, the method says by how much.

    >>> print(rate(count=90, days=91.25))
    30 (24.99 to 35.75), n = 90, events a month, Poisson exact
    """
    what = named("rate", label)
    if times is None:
        if count is None or days is None or count < 0 or not days > 0:
            raise CaseError(f"{what}: times are needed, or count and days, 0 or more and above 0")
        return _known(int(count), float(days), label, {}, 0.0)
    column = Column(times, what)
    found = column.times()
    stamps = found.to_numpy(dtype="datetime64[us]")
    first, last = (_date(limit, what) for limit in (start, end))
    with np.errstate(invalid="ignore"):
        if first is not None:
            column.drop(stamps < first, Phrase("before the span"))
        if last is not None:
            column.drop(stamps >= last, Phrase("after the span"))
    known = first is not None and last is not None
    kept, reasons = tally(column, least=1 if known else 3)
    used = np.sort(stamps[kept])
    begin = first if first is not None else used[0]
    stop = last if last is not None else used[-1]
    length = float((stop - begin) / _DAY)
    if length <= 0:
        raise CaseError(f"{what}: the span has no length: {begin} to {stop}")
    bursts = _bursts(used, begin, stop)
    if known:
        return _known(len(used), length, label, reasons, bursts)
    # Each end that is an event itself is where the waiting began or ended, and no event within the span.
    events = len(used) - 1
    months = length / DAYS_A_MONTH
    from scipy.special import chdtri

    freedom = 2 * events
    low, high = (float(chdtri(freedom, share)) / 2 / months for share in (1 - ALPHA, ALPHA))
    method = Phrase(
        "events a month, Poisson exact, {days} days from the first event to the last", days=round(length)
    )
    return Measurement(events / months, low, high, len(used), _warned(method, bursts), label, reasons)


def _known(count: int, days: float, label: str, reasons: dict[str, int], bursts: float) -> Measurement:
    from scipy.special import chdtri

    months = days / DAYS_A_MONTH
    low = float(chdtri(2 * count, 1 - ALPHA)) / 2 / months if count else 0.0
    high = float(chdtri(2 * count + 2, ALPHA)) / 2 / months
    method = Phrase("events a month, Poisson exact")
    if reasons or bursts:
        method = Phrase("events a month, Poisson exact, {days} days", days=round(days))
    return Measurement(count / months, low, high, count, _warned(method, bursts), label, reasons)


def _warned(method: Phrase, bursts: float) -> Phrase:
    """The method, and by how much its interval is too sure of itself."""
    if not bursts:
        return method
    return Phrase(
        "{method}; counts by day vary {times} times as a Poisson's, so the interval is too narrow",
        method=method,
        times=round(bursts, 1),
    )


def _date(limit: Any, what: str) -> Any:
    if limit is None:
        return None
    found = Column([limit], f"{what}, the span").times()
    return found.to_numpy(dtype="datetime64[us]")[0]


def _bursts(times: Any, begin: Any, stop: Any) -> float:
    """What the counts of whole days say against a Poisson: variance over mean, where it is high; else 0."""
    days = math.floor((stop - begin) / _DAY)
    if days < 14:
        return 0.0
    inside: Mask = times < begin + days * _DAY
    counts = np.bincount(((times[inside] - begin) // _DAY).astype(int), minlength=days)[:days]
    if counts.sum() < days / 10:
        return 0.0
    index = float(counts.var(ddof=1) / counts.mean())
    # About Poisson's own 99th percentile, by the normal approximation of χ² ÷ (days − 1).
    return index if index > 1 + 2.33 * math.sqrt(2 / (days - 1)) else 0.0
