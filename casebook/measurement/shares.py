"""The share of rows for which something holds."""

from __future__ import annotations

import math
from typing import Any

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.bootstrap import Z, freedom_of, student
from casebook.measurement.columns import Array, Column, named
from casebook.measurement.measurement import Measurement
from casebook.measurement.rows import Clusters, select

METHOD = Phrase("share, Wilson interval")


def proportion(
    values: Any = None,
    *,
    count: int | None = None,
    n: int | None = None,
    by: Any = None,
    times: Any = None,
    last: str | None = None,
    label: str = "",
) -> Measurement:
    """The share of rows that are true (or 1), as a share between 0 and 1.

    `values` holds true, false, 1, 0, yes, no (ja, nein, oui, non) or nothing; rows with nothing, or with
    another word among these, are set aside. For data that were counted
    where they lie, give `count` of `n` instead. `by`: a column of what rows have in common, such as a person.
    `times`: the time of each row; where the recent level differs, that is reported beside the figure,
    and `last`, such as "24 months", takes the recent rows alone.

    Interval: Wilson's score interval, (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) ÷ (1 + z²/n) with z = 1.645
    (Wilson 1927; Brown, Cai and DasGupta 2001). On average over p it covers 90%; for a given p and n the
    coverage swings by about 2 points, and more where n·p or n·(1−p) is under 5. With `by`, n is the number of
    independent rows that would tell as much, p̂(1−p̂) ÷ the variance by linearisation over clusters and never
    more than the rows, and z is t with Satterthwaite's degrees of freedom (Korn and Graubard 1998; Dean and
    Pacifico 2015): it covers 86 to 94% from 30 clusters on. Without `by` it covers less where rows come in
    clusters, such as many rows of one person. Fewer clusters than 30 are reported beside the figure.

    >>> print(proportion(count=410, n=663))
    0.6184 (0.5869 to 0.6489), n = 663, share, Wilson interval
    """
    what = named("proportion", label)
    if values is None:
        if count is None or n is None or not 0 <= count <= n or n < 1:
            raise CaseError(f"{what}: give a column, or count and n with 0 ≤ count ≤ n, n ≥ 1")
        return wilson(int(count), int(n), label=label)
    if count is not None or n is not None:
        raise CaseError(f"{what}: give a column, or count and n, not both")
    column = Column(values, what)
    numbers = column.truths()
    rows = select([("", column)], what, by=by, times=times, last=last, least=1)
    used = rows.of(numbers)
    wrong = used[(used != 0) & (used != 1)]
    if wrong.size:
        raise CaseError(
            f"{what}: {wrong.size:,} rows are neither true nor false (nor 1 or 0), such as {wrong[0]:g}\n"
            "  hint: compare first, such as table['score'] > 3; for shares of amounts take ratio()"
        )
    return rows.measured(lambda part, clusters: _wilson(used[part], clusters), label)


def _wilson(used: Array, clusters: Clusters | None) -> Measurement:
    """Wilson's interval at the number of independent rows that would tell as much."""
    n, share = len(used), float(used.mean())
    if clusters is None:
        return wilson(round(used.sum()), n)
    influence = clusters.sums(used) - share * clusters.sums()
    count = clusters.count
    variance = float(influence @ influence) * count / (count - 1) / n**2
    alone = min(share * (1 - share) / variance, n) if variance else float(count)
    z = student(0.0, 1.0, freedom_of(influence) if variance else count - 1)[1]
    return Measurement(share, *_score(share, alone, z), n, METHOD)


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
    return Measurement(count / n, *_score(count / n, n, Z), n, method, label, set_aside or {}, rows)


def _score(share: float, n: float, z: float) -> tuple[float, float]:
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Rounding must not put the value outside its interval where all rows say the same.
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)
