"""The share of rows for which something holds."""

from __future__ import annotations

import math
from typing import Any

from casebook.errors import CaseError
from casebook.measurement.columns import Column, named, tally
from casebook.measurement.measurement import CONFIDENCE, Measurement
from casebook.words import Phrase

METHOD = Phrase("share, Wilson interval")


def proportion(
    values: Any = None, *, count: int | None = None, n: int | None = None, label: str = ""
) -> Measurement:
    """The share of rows that are true (or 1), as a number from 0 to 1.

    `values` holds true, false, 1, 0 or nothing; rows with nothing are set aside. For data that were counted
    where they lie, give `count` of `n` instead.

    Interval: Wilson's score interval, (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) ÷ (1 + z²/n) with z = 1.645
    (Wilson 1927; Brown, Cai and DasGupta 2001). On average over p it covers 90%; for a given p and n the
    coverage swings by about 2 points, and more where n·p or n·(1−p) is under 5. It does not hold where rows
    come in clusters, such as many rows of one person: measure the share by person then.

    >>> print(proportion(count=410, n=663))
    0.6184 (0.5869 to 0.6489), n = 663, share, Wilson interval
    """
    what = named("proportion", label)
    if values is None:
        if count is None or n is None or not 0 <= count <= n or n < 1:
            raise CaseError(f"{what}: a column is needed, or count and n with 0 ≤ count ≤ n, n ≥ 1")
        return wilson(int(count), int(n), label=label)
    if count is not None or n is not None:
        raise CaseError(f"{what}: give a column, or count and n, not both")
    column = Column(values, what)
    numbers = column.numbers()
    kept, reasons = tally(column)
    used = numbers[kept]
    wrong = used[(used != 0) & (used != 1)]
    if wrong.size:
        raise CaseError(
            f"{what}: {wrong.size:,} rows are neither true nor false (nor 1 or 0), such as {wrong[0]:g}\n"
            "  hint: compare first, such as table['score'] > 3; for shares of amounts take ratio()"
        )
    return wilson(int(used.sum()), int(kept.sum()), label=label, set_aside=reasons)


def wilson(
    count: int,
    n: int,
    *,
    label: str = "",
    set_aside: dict[str, int] | None = None,
    method: str = METHOD,
    rows: int | None = None,
) -> Measurement:
    """Wilson's interval for `count` of `n`."""
    from scipy.special import ndtri

    z = float(ndtri((1 + CONFIDENCE) / 2))
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Rounding must not put the value outside its interval where all rows say the same.
    low, high = min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)
    return Measurement(share, low, high, n, method, label, set_aside or {}, rows)
